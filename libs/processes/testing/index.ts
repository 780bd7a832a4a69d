export {
  assignmentBodies,
  customFieldBodies,
  otherText,
  priorityBodies,
} from './assignment-bodies';
export { blobsOf, ticketBodies } from './block-bodies';
export { describeProcessModel, wrongFields } from './process-suite';
