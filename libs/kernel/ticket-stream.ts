/**
 * What the streams of a process begin with: `incident-`, `problemTask-`. A category ends at the
 * first dash, so a dash in the name of the process gives way to a capital; otherwise the streams
 * of `problem` and `problem-task` would be in one category, and in one list.
 */
export function ticketStreamPrefix(process: string): string {
  if (!process.includes('-')) return `${process}-`;
  return `${process.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}-`;
}

/** The stream of a ticket: `incident-<uuid>`, `problemTask-<uuid>`. */
export function ticketStream(process: string, id: string): string {
  return `${ticketStreamPrefix(process)}${id}`;
}

/** The ticket's id: what stands behind the first dash of its stream's name. */
export function ticketIdOfStream(stream: string): string {
  return stream.slice(stream.indexOf('-') + 1);
}
