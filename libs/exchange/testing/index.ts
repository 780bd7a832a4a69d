export {
  registryOfIncidents,
  servicenowRow,
  writeServiceNowFile,
  type RowCells,
} from './servicenow-file';
