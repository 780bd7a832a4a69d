import { ticketStreamPrefix } from '@ledgerdesk/kernel';

/** Finds which of some processes a stream belongs to. Cost: one look-up by the category. */
export function processOfStream<Process extends { readonly name: string }>(
  processes: readonly Process[],
): (stream: string) => Process | undefined {
  const byCategory = new Map(
    processes.map((process) => [ticketStreamPrefix(process.name), process]),
  );
  return (stream) => byCategory.get(stream.slice(0, stream.indexOf('-') + 1));
}
