import type { FlowDefinition } from '@ledgerdesk/kernel';
import { incidentAutoClose } from './incident-auto-close.flow';
import { parentToChildren } from './parent-to-children.flow';

/** Every flow of the system. A new one adds its file and its line here. */
export const flows: readonly FlowDefinition[] = [incidentAutoClose, parentToChildren];

export { autoCloseAfter7Days, incidentAutoClose, type AutoClose } from './incident-auto-close.flow';
export { parentToChildren } from './parent-to-children.flow';
