import type { JsonValue } from './canonical-json';

/** A document of a read model: JSON, found by a text id that is unique in its collection. */
export type ReadDocument = Readonly<Record<string, JsonValue | undefined>>;

export type FieldKind = 'text' | 'number' | 'boolean';

/**
 * What a collection declares, and all that a query may touch. Times are ISO 8601 text in UTC with
 * milliseconds, so that they sort as text.
 */
export interface CollectionDefinition {
  readonly name: string;
  /**
   * Top-level fields that filters and sorts may name. Each gets an index with the id as tie-break.
   */
  readonly fields: Readonly<Record<string, FieldKind>>;
  /** Further indexes over several fields, for the commonest filter-and-sort pairs. */
  readonly compoundIndexes?: readonly (readonly string[])[];
  /**
   * Those of `fields` that hold times. A filter may give them a time with any offset, or a day:
   * they are compared as instants, and what is no time is refused. What is stored stays as it is.
   */
  readonly timeFields?: readonly string[];
  /**
   * Those of `fields` that hold one of few words. A filter that compares one with any other word is
   * refused with those there are, where it would find nothing and not say why.
   */
  readonly wordFields?: Readonly<Record<string, readonly string[]>>;
  /** Top-level text fields (or lists of text) that `$text` searches. */
  readonly textFields?: readonly string[];
}
