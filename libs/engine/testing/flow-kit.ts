import { defineFlow, ticketIdOfStream, type FlowDefinition } from '@ledgerdesk/kernel';
import type { FlowOperator } from '../flows/flow-operations';

/** Who resumes, ends and skips in the specs of flows. */
export const operator: FlowOperator = {
  tenant: 'acme',
  actor: 'olga',
  origin: { kind: 'api', id: 'spec', version: '1' },
};

/** Adds once more what a person has added to a counter. */
export function echoFlow(name: string): FlowDefinition {
  return defineFlow({
    name,
    version: 1,
    title: name,
    summary: 'Adds once more what was added.',
    events: { CounterAdded: 'starts' },
    follows: { CounterAdded: { commands: ['counter.Add'], ends: true } },
    correlate: ({ stream }) => ticketIdOfStream(stream),
    initial: {},
    evolve: (state) => state,
    decide: (_, event, { key }) =>
      event.origin.kind === 'flow'
        ? { complete: true }
        : { commands: [{ process: 'counter', ticket: key, command: 'Add', body: { by: 1 } }] },
    compensations: {},
    policies: {},
  });
}
