export {
  errorKindOf,
  hasErrorCode,
  hasErrorKind,
  isLedgerdeskError,
  LedgerdeskError,
  type ErrorCode,
  type ErrorKind,
} from './errors';
export { canonicalJson, type JsonPrimitive, type JsonValue } from './canonical-json';
export type { CollectionDefinition, FieldKind, ReadDocument } from './collection';
