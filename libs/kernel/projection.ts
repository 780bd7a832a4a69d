import type { CollectionDefinition, ReadDocument } from './collection';
import type { RecordedEvent } from './event';

/** What one document adds to one aggregate. */
export interface Contribution {
  /** Id of the aggregate's document. */
  readonly id: string;
  /** What the aggregate's document is about: the same for every contribution to that id. */
  readonly labels: ReadDocument;
  /** Whole numbers, summed by name. */
  readonly amounts: Readonly<Record<string, number>>;
}

/**
 * A sum over the documents of a projection: each of its documents holds the labels and, by name,
 * the sums of what the documents contribute. Kept by taking away what a document contributed before
 * an event and adding what it contributes after; a name whose sum is 0 is absent, a document
 * without sums is gone.
 */
export interface Aggregate<Document extends ReadDocument = ReadDocument> {
  readonly collection: CollectionDefinition;
  readonly contributions: (document: Document) => readonly Contribution[];
}

/** A read model: a keyed, pure fold over the log, and sums over its documents. */
export interface Projection<Document extends ReadDocument = ReadDocument> {
  readonly name: string;
  /** Bump it when the fold or a collection changes: the new version is built beside the old one. */
  readonly version: number;
  /** Only events of streams whose names start so reach the fold. */
  readonly streamPrefixes: readonly string[];
  readonly documents: CollectionDefinition;
  /** Id of the one document that the event concerns; undefined for none. */
  readonly keyOf: (event: RecordedEvent) => string | undefined;
  /** Null takes the document away. Gives the very same object for an event that changes nothing. */
  readonly fold: (document: Document | undefined, event: RecordedEvent) => Document | null;
  readonly aggregates?: readonly Aggregate<Document>[];
}
