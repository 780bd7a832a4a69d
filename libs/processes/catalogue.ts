// One line for each process: all that a new one adds outside its folder.
export { cabMeetingProcess } from './cab-meeting/cab-meeting.process';
export { changeLockdownProcess } from './change-lockdown/change-lockdown.process';
export { changeTemplateProcess } from './change-template/change-template.process';
export { changeProcess } from './change/change.process';
export { configurationBaselineProcess } from './configuration-baseline/configuration-baseline.process';
export { configurationItemProcess } from './configuration-item/configuration-item.process';
export { freezeWindowProcess } from './freeze-window/freeze-window.process';
export { incidentProcess } from './incident/incident.process';
export { knownErrorProcess } from './known-error/known-error.process';
export { majorIncidentProcess } from './major-incident/major-incident.process';
export { policyProcess } from './policy/policy.process';
export { problemTaskProcess } from './problem-task/problem-task.process';
export { problemProcess } from './problem/problem.process';
