/** The organisation that the demonstration plays: its people, services and usual troubles. */
export interface Trouble {
  readonly title: string;
  readonly description: string;
  readonly service: string;
  /** How the items are called of which one may have it, numbered from 01. */
  readonly configurationItems: string;
  readonly category: string;
  readonly group: string;
  readonly resolution: string;
}

export const troubles: readonly [Trouble, ...Trouble[]] = [
  {
    title: 'Cannot print from the branch office',
    description: 'Jobs stay in the queue; the printer shows no error.',
    service: 'Printing',
    configurationItems: 'prn-branch',
    category: 'Hardware',
    group: 'Workplace Support',
    resolution: 'Print spooler restarted, stuck job removed.',
  },
  {
    title: 'Mail client asks for the password again and again',
    description: 'Since the password change this morning the mailbox does not open.',
    service: 'E-mail',
    configurationItems: 'mailbox-server',
    category: 'Access',
    group: 'Messaging',
    resolution: 'Stored credentials cleared, signed in anew.',
  },
  {
    title: 'Payments batch is late',
    description: 'The overnight payments batch had not finished when the branches opened.',
    service: 'Payments',
    configurationItems: 'pay-batch',
    category: 'Application',
    group: 'Core Banking',
    resolution: 'Lock on the ledger table released, batch restarted and reconciled.',
  },
  {
    title: 'VPN drops every few minutes',
    description: 'The connection from home is lost after five to ten minutes.',
    service: 'Remote Access',
    configurationItems: 'vpn-client',
    category: 'Network',
    group: 'Network Operations',
    resolution: 'Session limit on the gateway raised, client updated.',
  },
  {
    title: 'Customer portal answers slowly',
    description: 'Pages take more than ten seconds; the monitoring agrees.',
    service: 'Customer Portal',
    configurationItems: 'web-portal',
    category: 'Application',
    group: 'Web Operations',
    resolution: 'Connection pool exhausted by a slow query; index added.',
  },
  {
    title: 'Laptop does not start after the update',
    description: 'Black screen with a cursor since the update of last night.',
    service: 'Workplace',
    configurationItems: 'laptop',
    category: 'Hardware',
    group: 'Workplace Support',
    resolution: 'Update rolled back in the recovery console.',
  },
];

export const callers = [
  'e.tanaka',
  'm.okafor',
  'l.fernandez',
  'j.novak',
  's.haddad',
  'p.lindqvist',
] as const;

export const deskAgents = ['desk.ruiz', 'desk.kim', 'desk.osei'] as const;

/** By group. */
export const specialists: Readonly<Record<string, readonly [string, string]>> = {
  'Workplace Support': ['a.moreau', 'd.schmidt'],
  Messaging: ['k.ivanova', 'r.bauer'],
  'Core Banking': ['n.adeyemi', 't.weber'],
  'Network Operations': ['f.rossi', 'g.larsen'],
  'Web Operations': ['h.patel', 'c.dubois'],
};

/** Who sits on the advisory boards; the engine asks them for approval. */
export const boards = {
  'change-advisory-board': { members: ['b.stone', 'i.meyer', 'o.banda'] },
  'emergency-change-advisory-board': { members: ['i.meyer'] },
} as const;
