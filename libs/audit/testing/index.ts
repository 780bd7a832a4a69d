export { deskProcess, deskRegistry, recordOnDesk, type DeskFact, type DeskState } from './desk';
