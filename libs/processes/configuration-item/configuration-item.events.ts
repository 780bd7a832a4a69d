import { defineEvents } from '@ledgerdesk/kernel';
import { allCIStates } from './configuration-item.lifecycle';
import {
  allAssetSubstates,
  assetStates,
  discrepancyResolutions,
  disposalMethods,
  redundancyKinds,
  verificationMethods,
} from './configuration-item.vocabulary';

/** By what right the record was changed: a change under way, or a discovery run. */
const authority = { change: 'text|null', discoveryRun: 'text|null' } as const;

const relation = {
  type: 'text',
  inverse: 'text',
  impact: ['source-to-target', 'target-to-source', 'none'],
  target: 'text',
  targetNumber: 'text',
  ...authority,
  reason: 'text|null',
  isVerified: 'boolean',
  relationCount: 'integer',
} as const;

const removal = {
  type: 'text',
  inverse: 'text',
  target: 'text',
  targetNumber: 'text',
  ...authority,
  reason: 'text|null',
  relationCount: 'integer',
} as const;

/**
 * The facts of a configuration item beside those of the shared blocks. `source` of a relation is
 * the item of the stream, `target` the other one. Each change carries the value before it.
 */
export const ciEvents = defineEvents({
  CIRegistered: {
    version: 1,
    summary: 'An item was put under control, with the attributes that its class asks for.',
    fields: {
      number: 'text',
      ciClass: 'text',
      identification: 'text[]',
      attributes: 'object',
      source: 'text',
      discoveryRun: 'text|null',
      state: allCIStates,
      assetTag: 'text|null',
      assetState: 'text|null',
      assetSubstate: 'text|null',
      openedBy: 'text',
      unverifiedCount: 'integer',
    },
  },
  CIAttributeChanged: {
    version: 1,
    summary: 'An attribute got another value, by a change or as discovery found it.',
    fields: {
      attribute: 'text',
      from: 'json',
      to: 'json',
      source: 'text',
      ...authority,
      isVerified: 'boolean',
      unverifiedCount: 'integer',
    },
  },
  CIAttributeCorrected: {
    version: 1,
    summary: 'The record of an attribute was put right, with the reason; reality did not change.',
    fields: {
      attribute: 'text',
      from: 'json',
      to: 'json',
      reason: 'text',
      unverifiedCount: 'integer',
    },
  },
  CIReconciled: {
    version: 1,
    summary: 'Several sources told of one attribute; the priority of sources named the winner.',
    fields: {
      attribute: 'text',
      winner: 'object',
      losers: 'object[]',
      discoveryRun: 'text',
    },
  },
  CIRelated: {
    version: 1,
    summary: 'The item was related to another.',
    fields: relation,
  },
  CIRelationRecorded: {
    version: 1,
    summary: 'Another item is related to this one; `type` is how this one stands to it.',
    fields: relation,
  },
  CIUnrelated: { version: 1, summary: 'A relation was taken away.', fields: removal },
  CIRelationRemovalRecorded: {
    version: 1,
    summary: 'A relation was taken away on the other item.',
    fields: removal,
  },
  CIRedundancySet: {
    version: 1,
    summary: 'It was said how many of its impactors must work for the item to work.',
    fields: {
      relation: 'text|null',
      kind: redundancyKinds,
      minimum: 'integer',
      previousKind: 'text|null',
      previousMinimum: 'integer|null',
      ...authority,
    },
  },
  CIRedundancyCleared: {
    version: 1,
    summary: 'A redundancy rule ended: again any failing impactor reaches the item.',
    fields: {
      relation: 'text|null',
      previousKind: 'text',
      previousMinimum: 'integer',
      ...authority,
    },
  },
  CILifecycleMoved: {
    version: 1,
    summary: 'The item went on in its life.',
    fields: { from: allCIStates, to: allCIStates, reason: 'text|null', change: 'text|null' },
  },
  CIVerified: {
    version: 1,
    summary: 'The record was compared with reality.',
    fields: {
      method: verificationMethods,
      attributes: 'text[]',
      openDiscrepancies: 'integer',
      unverifiedCount: 'integer',
      nextVerificationDueAt: 'time',
      comment: 'text|null',
    },
  },
  CIAttested: {
    version: 1,
    summary: 'The owner declared that the record is right.',
    fields: { statement: 'text', nextVerificationDueAt: 'time' },
  },
  CIDiscrepancyFound: {
    version: 1,
    summary: 'Reality differs from the record.',
    fields: {
      discrepancy: 'integer',
      attribute: 'text',
      recorded: 'json',
      found: 'json',
      method: verificationMethods,
      discoveryRun: 'text|null',
      openDiscrepancies: 'integer',
    },
  },
  CIDiscrepancyResolved: {
    version: 1,
    summary: 'A difference between the record and reality came to its end.',
    fields: {
      discrepancy: 'integer',
      resolution: discrepancyResolutions,
      comment: 'text|null',
      openDiscrepancies: 'integer',
    },
  },
  CIChangeOpened: {
    version: 1,
    summary: 'A change is to touch the item, in the window that was authorised.',
    fields: {
      change: 'text',
      plannedStart: 'time|null',
      plannedEnd: 'time|null',
      openChanges: 'integer',
    },
  },
  CIChangeClosed: {
    version: 1,
    summary: 'A change that was to touch the item is over.',
    fields: { change: 'text', openChanges: 'integer' },
  },
  AssetAssigned: {
    version: 1,
    summary: 'The asset came into the custody of somebody.',
    fields: {
      custodian: 'text',
      fromState: assetStates,
      fromSubstate: 'text|null',
      comment: 'text|null',
    },
  },
  AssetReturned: {
    version: 1,
    summary: 'The asset came back to the stock.',
    fields: {
      previousCustodian: 'text',
      fromState: assetStates,
      substate: allAssetSubstates,
      comment: 'text|null',
    },
  },
  AssetTransferred: {
    version: 1,
    summary: 'The asset went from one custodian to the next.',
    fields: { custodian: 'text', previousCustodian: 'text', comment: 'text|null' },
  },
  AssetMoved: {
    version: 1,
    summary: 'The asset is elsewhere, or in another condition.',
    fields: {
      fromState: assetStates,
      fromSubstate: 'text|null',
      state: assetStates,
      substate: 'text|null',
      reason: 'text|null',
    },
  },
  AssetDisposed: {
    version: 1,
    summary: 'The asset was disposed of, with the certificate that proves it.',
    fields: {
      method: disposalMethods,
      certificate: 'text',
      recipient: 'text|null',
      fromState: assetStates,
      fromSubstate: 'text|null',
    },
  },
});

/** The definitions of the item's own events, as a type. */
export type CIEventTable = typeof ciEvents;
