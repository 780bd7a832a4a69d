import type { CommandDefinition } from '@ledgerdesk/kernel';
import { ciBlocks } from './configuration-item.blocks';
import { initialCI, type CIState } from './configuration-item.state';
import { assetCommands } from './rules/asset.rules';
import { configurationCommands } from './rules/configuration.rules';
import { registrationCommands } from './rules/registration.rules';
import { relationCommands } from './rules/relation.rules';
import { verificationCommands } from './rules/verification.rules';

/** The state of an item before anything happened, and how commands change it. Pure. */
export const ciDecider = {
  initial: { ...initialCI, ...ciBlocks.initial } satisfies CIState,
  commands: {
    ...registrationCommands,
    ...configurationCommands,
    ...relationCommands,
    ...verificationCommands,
    ...assetCommands,
  } satisfies Readonly<Record<string, CommandDefinition<CIState>>>,
} as const;
