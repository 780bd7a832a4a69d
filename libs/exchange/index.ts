export {
  copyHistory,
  type HistoryCopyOptions,
  type HistoryCopyProgress,
  type HistoryCopyReport,
} from './history/history-copy';
export { copyBlobs, type BlobCopyOptions, type BlobCopyReport } from './history/blob-copy';
export {
  importServiceNow,
  REFUSED_LISTED_MAX,
  type ImportProgress,
  type ImportReport,
  type ServiceNowImportOptions,
} from './servicenow/servicenow-import';
export type { RefusedLine } from './servicenow/incident-rows';
export {
  servicenowMapping,
  servicenowUciMatrix,
  type ServiceNowMapping,
  type StateMapping,
} from './servicenow/servicenow.mapping';
