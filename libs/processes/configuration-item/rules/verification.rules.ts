import { policyReference, refuse } from '@ledgerdesk/kernel';
import {
  AttestCI,
  RecordCIDiscrepancy,
  ResolveCIDiscrepancy,
  VerifyCI,
} from '../commands/verification.commands';
import type { CIState } from '../configuration-item.state';
import { ciPolicies } from '../policies/ci-policies';
import { nextVerification } from '../policies/verification-interval';
import { ciCommand, emit, type CICommands, type CIContext } from './ci-command';

const DISCREPANCIES_MAX = 1_000;

/** How the record is compared with reality, and who answers for it. */
export const verificationCommands: CICommands = {
  VerifyCI: ciCommand<VerifyCI>({
    type: VerifyCI,
    summary:
      'Say that the record was compared with reality; what was looked at counts as verified.',
    route: 'verify',
    permission: 'configuration-item:verify',
    emits: ['CIVerified'],
    example: { method: 'inspection', comment: 'Looked at in the rack.' },
    decide: ({ method, attributes, comment }, state, context) => {
      const seen = attributes ?? Object.keys(state.attributes);
      const unverified = Object.entries(state.provenance).filter(
        ([name, from]) => !from.isVerified && !seen.includes(name),
      );
      return [
        emit(
          'CIVerified',
          {
            method,
            attributes: seen,
            openDiscrepancies: state.openDiscrepancyCount,
            unverifiedCount: unverified.length,
            nextVerificationDueAt: dueAt(state, context),
            comment: comment ?? null,
          },
          [policyReference(ciPolicies(context.policies).verificationInterval)],
        ),
      ];
    },
  }),
  AttestCI: ciCommand<AttestCI>({
    type: AttestCI,
    summary: 'Declare as the owner that the record is right.',
    route: 'attest',
    permission: 'configuration-item:attest',
    emits: ['CIAttested'],
    example: { statement: 'Still in use, and recorded as it is.' },
    decide: ({ statement }, state, context) => [
      emit('CIAttested', { statement, nextVerificationDueAt: dueAt(state, context) }, [
        policyReference(ciPolicies(context.policies).verificationInterval),
      ]),
    ],
  }),
  RecordCIDiscrepancy: ciCommand<RecordCIDiscrepancy>({
    type: RecordCIDiscrepancy,
    summary: 'Say that reality differs from the record; the record stays as it is.',
    route: 'record-discrepancy',
    permission: 'configuration-item:verify',
    emits: ['CIDiscrepancyFound'],
    example: { attribute: 'memoryGigabytes', found: 32, method: 'inventory-scan' },
    decide: ({ attribute, found = null, method, discoveryRun }, state) => {
      const recorded = state.attributes[attribute] ?? null;
      if (recorded === found) {
        return refuse('no-change', `${attribute} is recorded with this very value`);
      }
      if (state.discrepancies.length >= DISCREPANCIES_MAX) {
        return refuse('too-many', `an item has at most ${DISCREPANCIES_MAX} discrepancies`);
      }
      return [
        emit('CIDiscrepancyFound', {
          discrepancy: (state.discrepancies.at(-1)?.id ?? 0) + 1,
          attribute,
          recorded,
          found,
          method,
          discoveryRun: discoveryRun ?? null,
          openDiscrepancies: state.openDiscrepancyCount + 1,
        }),
      ];
    },
  }),
  ResolveCIDiscrepancy: ciCommand<ResolveCIDiscrepancy>({
    type: ResolveCIDiscrepancy,
    summary: 'Say how a difference between the record and reality came to its end.',
    route: 'resolve-discrepancy',
    permission: 'configuration-item:verify',
    emits: ['CIDiscrepancyResolved'],
    example: { discrepancy: 1, resolution: 'record-corrected' },
    decide: ({ discrepancy, resolution, comment }, { openDiscrepancyCount }) => [
      emit('CIDiscrepancyResolved', {
        discrepancy,
        resolution,
        comment: comment ?? null,
        openDiscrepancies: openDiscrepancyCount - 1,
      }),
    ],
  }),
};

function dueAt({ criticality }: CIState, { policies, now }: CIContext): string {
  return nextVerification(ciPolicies(policies).verificationInterval.value, criticality, now);
}
