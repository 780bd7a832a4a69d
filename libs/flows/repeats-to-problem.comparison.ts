import { ticketIdOfStream, type FlowComparison } from '@ledgerdesk/kernel';

/** What S-10 is measured by: the problems to which people linked incidents. */
export const problemsOfPeople: FlowComparison = {
  title: 'problems to which people linked incidents',
  events: ['IncidentLinked'],
  recorded: ({ stream, data }) =>
    data['targetKind'] === 'problem' && data['type'] === 'investigated-by'
      ? { group: String(data['target']), member: ticketIdOfStream(stream) }
      : undefined,
  claimed: ({ key, command, body }) => {
    switch (command) {
      case 'RegisterProblem':
        return { group: key, members: body['incidents'] as readonly string[] };
      case 'LinkProblem':
        return { group: key, members: [String(body['target'])] };
      default:
        return undefined;
    }
  },
};
