import { policyReference } from '@ledgerdesk/kernel';
import { isThere } from '../../shared/fields';
import { RegisterCI } from '../commands/registration.commands';
import { initialAttributes, schemaOf } from '../guards/configuration.guards';
import { ciPolicies } from '../policies/ci-policies';
import { ciCommand, emit, type CICommands } from './ci-command';

const unordered: readonly string[] = ['planned', 'ordered'];

/** How items come under control. */
export const registrationCommands: CICommands = {
  RegisterCI: ciCommand<RegisterCI>({
    type: RegisterCI,
    summary: 'Put an item under control; class and identification are its own for ever.',
    route: null,
    permission: 'configuration-item:register',
    emits: ['CIRegistered'],
    example: {
      ciClass: 'server',
      identification: ['SN-4711'],
      attributes: { name: 'mail-01', owner: 'ada', criticality: 'high', memoryGigabytes: 64 },
      state: 'in-production',
    },
    naturalKey: identityOf,
    decide: (command, _, { number, actor, policies }) => {
      const schema = schemaOf(command, policies);
      const attributes = schema === undefined ? {} : initialAttributes(schema, command);
      const isFound = isThere(command.discoveryRun);
      const at = command.state ?? 'planned';
      const isAsset = schema?.isAsset === true;
      const assetState = command.assetState ?? (unordered.includes(at) ? 'on-order' : 'in-stock');
      return [
        emit(
          'CIRegistered',
          {
            number,
            ciClass: command.ciClass,
            identification: command.identification,
            attributes,
            source: isFound ? (command.source ?? 'discovery') : 'registration',
            discoveryRun: command.discoveryRun ?? null,
            state: at,
            assetTag: command.assetTag ?? null,
            assetState: isAsset ? assetState : null,
            assetSubstate: isAsset && assetState === 'in-stock' ? 'available' : null,
            openedBy: actor,
            unverifiedCount: isFound ? Object.keys(attributes).length : 0,
          },
          [policyReference(ciPolicies(policies).ciClasses)],
        ),
      ];
    },
  }),
};

/**
 * What an item is known by outside: its class and the values that identify it. Spelling does not
 * make two items of one: neither case, nor blanks at the ends, nor forms of one character.
 */
function identityOf({ ciClass, identification }: RegisterCI): string {
  const values = identification.map((value) => value.normalize('NFKC').trim().toLowerCase());
  return JSON.stringify([ciClass, ...values]);
}
