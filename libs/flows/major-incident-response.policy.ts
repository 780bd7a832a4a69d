import type { Policy } from '@ledgerdesk/kernel';

/** What a declared major incident sets going. */
export interface MajorIncidentResponse {
  /** Who gets which role beside the commander, up to a severity: 1 is the gravest. */
  readonly roles: readonly {
    readonly role: string;
    readonly person: string;
    readonly upToSeverity: number;
  }[];
  /** `{id}` in the address stands for the id of the major incident. Null: none is opened. */
  readonly bridge: { readonly kind: string; readonly address: string } | null;
  /** Of changes on the service; null: none. It ends with the response, or after so many hours. */
  readonly freeze: { readonly kind: 'hard' | 'soft'; readonly hours: number } | null;
  /** For updates that are due by the communication plan. */
  readonly updates: {
    readonly remindEveryMinutes: number;
    /** After so many reminders of one audience it is escalated. */
    readonly remindersMax: number;
    readonly escalateTo: string;
  };
  /** Of the problem that is registered: people assess it. */
  readonly problem: {
    readonly impact: number;
    readonly urgency: number;
    readonly organisation: string;
  };
}

/** The response that ships with the system: roles are those of the duty roster. */
export const majorIncidentResponseV1: Policy<MajorIncidentResponse> = {
  name: 'major-incident-response',
  version: 1,
  value: {
    roles: [
      { role: 'deputy', person: 'duty-deputy', upToSeverity: 1 },
      { role: 'scribe', person: 'duty-scribe', upToSeverity: 2 },
      { role: 'customer-liaison', person: 'duty-liaison', upToSeverity: 2 },
    ],
    bridge: { kind: 'video', address: 'https://meet.example.org/major-incident-{id}' },
    freeze: { kind: 'hard', hours: 72 },
    updates: { remindEveryMinutes: 15, remindersMax: 3, escalateTo: 'duty-director' },
    problem: { impact: 1, urgency: 2, organisation: 'service-desk' },
  },
};
