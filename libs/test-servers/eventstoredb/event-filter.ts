import type { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import type { RecordedEvent } from './event-log';

/** Events that a filter looks at before it may report a checkpoint, unless the client says. */
const SEARCH_WINDOW = 32;

/** What a filtered read or subscription lets through, and how often it reports where it is. */
export interface ServerFilter {
  readonly allows: (event: RecordedEvent) => boolean;
  readonly checkpointEvery: number;
}

/** By stream name or event type, with prefixes or a regular expression. */
export function serverFilter(options: ReadReq.Options.FilterOptions): ServerFilter {
  const onStream = options.getStreamIdentifier();
  const expression = onStream ?? options.getEventType();
  const textOf = ({ stream, type }: RecordedEvent): string => (onStream ? stream : type);
  const pattern = expression?.getRegex() ?? '';
  const prefixes = expression?.getPrefixList() ?? [];
  const regex = new RegExp(pattern);
  const window = options.hasMax() ? options.getMax() : SEARCH_WINDOW;
  return {
    allows: (event) =>
      pattern === ''
        ? prefixes.some((prefix) => textOf(event).startsWith(prefix))
        : regex.test(textOf(event)),
    checkpointEvery: options.getCheckpointintervalmultiplier() * window,
  };
}
