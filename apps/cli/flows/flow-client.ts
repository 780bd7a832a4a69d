import type { VerbContext } from '../verb';
import type { FlowClient } from './flow-client.port';
import { LocalFlows } from './local-flows';
import { RemoteFlows } from './remote-flows';

/** The client that the options ask for. */
export function flowClient(context: VerbContext, url: string | undefined): FlowClient {
  return url === undefined
    ? new LocalFlows(context)
    : new RemoteFlows({ url, signal: context.io.signal });
}
