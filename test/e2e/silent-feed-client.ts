import { connect, type Socket } from 'node:net';

/** Asks for the whole log as a live feed and never reads a byte of it. */
export function silentFeedClient(url: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.pause();
  socket.on('error', () => undefined);
  socket.write(
    'GET /api/v1/events?after=0 HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n',
  );
  return socket;
}

/** Resolves once the engine has cut a client of the feed off. */
export async function untilCutOff(url: string): Promise<void> {
  for (;;) {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    if (/^ledgerdesk_feed_cut_off [1-9]/m.test(metrics)) return;
    await new Promise((resume) => setTimeout(resume, 20));
  }
}
