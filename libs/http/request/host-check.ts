import { isIPv4 } from 'node:net';
import { LedgerdeskError } from '@ledgerdesk/kernel';

const PORT = /:\d{1,5}$/;

/**
 * Without authentication the loopback address alone keeps strangers out, and a page in a browser
 * gets round it: its own name is made to resolve to 127.0.0.1 (DNS rebinding). Such a request still
 * bears that name, so that only one which names this machine as itself is taken.
 *
 * @throws LedgerdeskError `denied.host`
 */
export function assertLoopbackHost(host: string | undefined): void {
  if (host !== undefined && isLoopbackHost(host)) return;
  throw new LedgerdeskError(
    'denied.host',
    'this engine runs without authentication and answers this machine alone; address it as ' +
      'localhost, 127.0.0.1 or [::1], and let a proxy before it send one of these as the host',
    { details: { host: host?.slice(0, 100) ?? null } },
  );
}

function isLoopbackHost(host: string): boolean {
  const name = host.replace(PORT, '').toLowerCase();
  return name === 'localhost' || name === '[::1]' || (name.startsWith('127.') && isIPv4(name));
}
