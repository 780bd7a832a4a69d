/* global AbortSignal */
// Asks the service in this container how it is: `node probe.mjs health` or `ready`. Exits 0 for an
// answer of 2xx. From inside, because a service without authentication listens on loopback only.
const [what = 'health'] = process.argv.slice(2);
const url = `http://127.0.0.1:${process.env.PORT || 3000}/${what}`;
try {
  const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  if (!ok) console.error(`${url} answers ${status}`);
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  console.error(`${url} does not answer: ${error.cause?.code ?? error.message}`);
  process.exitCode = 1;
}
