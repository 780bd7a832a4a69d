import {
  ticketIdOfStream,
  ticketStreamPrefix,
  type ProcessDefinition,
  type Projection,
} from '@ledgerdesk/kernel';

/** Name of the read model of links, and of its collection. */
export const TICKET_LINKS = 'ticket-links';

/**
 * One document for each link that a ticket has to something else. A link that was taken away has
 * none.
 */
export function ticketLinksProjection(
  processes: readonly Pick<ProcessDefinition, 'name' | 'events'>[],
): Projection {
  const linkEvents = new Set(
    processes.flatMap(({ events }) =>
      Object.keys(events).filter((type) => isLinkEvent(events[type]?.fields ?? {})),
    ),
  );
  return {
    name: TICKET_LINKS,
    version: 1,
    streamPrefixes: processes.map(({ name }) => ticketStreamPrefix(name)),
    documents: { name: TICKET_LINKS, fields: { from: 'text', to: 'text' } },
    keyOf: ({ type, stream, data }) =>
      linkEvents.has(type) ? `${ticketIdOfStream(stream)} ${String(data['link'])}` : undefined,
    fold: (_, { type, stream, data, occurredAt }) =>
      type.endsWith('Unlinked')
        ? null
        : {
            from: ticketIdOfStream(stream),
            to: String(data['target']),
            type: String(data['type']),
            inverse: String(data['inverse']),
            targetKind: String(data['targetKind']),
            since: occurredAt,
          },
  };
}

/** The events of the links block are named by each process; their fields are the same. */
function isLinkEvent(fields: object): boolean {
  return ['link', 'type', 'targetKind', 'target'].every((field) => field in fields);
}
