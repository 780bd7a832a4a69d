import type { BsonDocument } from './server-failure';

/** An index as `listIndexes` shows it. */
export interface StoredIndex extends BsonDocument {
  readonly name: string;
  readonly key: Readonly<Record<string, unknown>>;
  readonly unique?: boolean;
  readonly default_language?: string;
}
