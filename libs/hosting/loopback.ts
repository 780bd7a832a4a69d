import { lookup } from 'node:dns/promises';
import { BlockList, isIPv6 } from 'node:net';
import { invalidConfiguration, type EngineConfiguration } from './configuration';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Without authentication whoever reaches the port can act in any name: only this machine may reach
 * it. A name is resolved, and each of its addresses has to be a loopback one.
 *
 * @throws LedgerdeskError `invalid.configuration`
 */
export async function assertSafeHost({
  host,
  auth,
}: Pick<EngineConfiguration, 'host' | 'auth'>): Promise<void> {
  const addresses = await addressesOf(host);
  if (addresses.length > 0 && addresses.every(isLoopback)) return;
  const where = addresses.length === 0 ? 'cannot be resolved' : `means ${addresses.join(', ')}`;
  throw invalidConfiguration(
    'HOST',
    `HOST is "${host}", which ${where}; with AUTH=${auth} anyone who reaches the port can act in any ` +
      'name, so give a loopback address such as 127.0.0.1 and put a proxy that authenticates before it',
  );
}

async function addressesOf(host: string): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

function isLoopback(address: string): boolean {
  return LOOPBACK.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
