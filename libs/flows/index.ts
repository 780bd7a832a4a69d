import type { FlowDefinition } from '@ledgerdesk/kernel';
import { cabToChange } from './cab-to-change.flow';
import { changeAssessment } from './change-assessment.flow';
import { changeConfiguration } from './change-configuration.flow';
import { changeRetroApproval } from './change-retro-approval.flow';
import { changeSchedule } from './change-schedule.flow';
import { changeToSuspectedCause } from './change-to-suspected-cause.flow';
import { failedChangesToProblem } from './failed-changes-to-problem.flow';
import { failedChangesToTemplate } from './failed-changes-to-template.flow';
import { fixChangeToProblem } from './fix-change-to-problem.flow';
import { incidentAutoClose } from './incident-auto-close.flow';
import { incidentAwaitingCaller } from './incident-awaiting-caller.flow';
import { incidentAwaitingChange } from './incident-awaiting-change.flow';
import { incidentAwaitingProblem } from './incident-awaiting-problem.flow';
import { majorIncidentResponse } from './major-incident-response.flow';
import { parentToChildren } from './parent-to-children.flow';
import { problemFix } from './problem-fix.flow';
import { problemResolution } from './problem-resolution.flow';
import { repeatsToProblem } from './repeats-to-problem.flow';
import { itemToMajorIncident, serviceToMajorIncident } from './surge-to-major-incident.flow';
import { workaroundToKnownError } from './workaround-to-known-error.flow';

/** Every flow of the system. A new one adds its file and its line here. */
export const flows: readonly FlowDefinition[] = [
  incidentAutoClose,
  parentToChildren,
  changeAssessment,
  changeSchedule,
  changeConfiguration,
  changeRetroApproval,
  cabToChange,
  failedChangesToProblem,
  failedChangesToTemplate,
  fixChangeToProblem,
  incidentAwaitingProblem,
  problemFix,
  problemResolution,
  workaroundToKnownError,
  serviceToMajorIncident,
  itemToMajorIncident,
  majorIncidentResponse,
  incidentAwaitingChange,
  incidentAwaitingCaller,
  repeatsToProblem,
  changeToSuspectedCause,
];

export { autoCloseAfter7Days, incidentAutoClose, type AutoClose } from './incident-auto-close.flow';
export { parentToChildren } from './parent-to-children.flow';
