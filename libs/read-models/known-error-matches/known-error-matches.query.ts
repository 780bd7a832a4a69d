import type { ReadDocument } from '@ledgerdesk/kernel';
import { itemsByName } from '../configuration-graph/items-by-name';
import { textOf, type DocumentReader, type Positioned } from '../document-reader';
import { ticketListName } from '../ticket-list/ticket-list.projection';
import { KNOWN_ERROR_MATCHES, KNOWN_ERROR_TERMS } from './known-error-matches.projection';
import { itemTerm, matchWords, wordTerm } from './match-terms';

/** Bounds of a search for matching known errors. */
export const MATCH_LIMITS = {
  resultsMax: 50,
  resultsDefault: 10,
  /** Problems of the same service or category whose known errors are looked at. */
  problemsMax: 200,
  /** Index entries that one answer looks at, for the item and for the words. */
  entriesMax: 1_000,
} as const;

/** What makes a known error fit, and how much each weighs. */
const WEIGHTS = { 'configuration-item': 8, service: 4, category: 2, words: 1 } as const;

/** Why a known error may be what the ticket is about. */
export interface MatchReason {
  readonly kind: keyof typeof WEIGHTS;
  /** What both have. */
  readonly values: readonly string[];
}

/** A published known error that may be what the ticket is about. */
export interface KnownErrorMatch {
  readonly id: string;
  readonly number: string | null;
  readonly title: string | null;
  /** Id of the problem behind it. */
  readonly problem: string | null;
  readonly workaroundExcerpt: string | null;
  /** The higher, the likelier: the weights of the reasons, with one for each word in common. */
  readonly score: number;
  readonly reasons: readonly MatchReason[];
}

/** Known errors that match a ticket. */
export interface KnownErrorMatches extends Positioned {
  readonly id: string;
  /** The likeliest first. */
  readonly items: readonly KnownErrorMatch[];
  /** There are more known errors that fit than one answer looks at. */
  readonly isTruncated: boolean;
}

/** The projections that {@link knownErrorsOf} reads. */
export const MATCH_PROJECTIONS: readonly string[] = [
  KNOWN_ERROR_MATCHES,
  ...['problem', 'configuration-item'].map((name) => ticketListName({ name })),
];

/** A ticket that a known error is looked for, with its state as it was folded. */
export interface MatchedTicket {
  readonly id: string;
  readonly state: object;
}

/**
 * The published known errors that match an incident, by its configuration item, its service and
 * category (those of the problems behind them) and its words. Cost: a few queries over indexes, and
 * one for the documents of those that fit.
 */
export async function knownErrorsOf(
  reader: DocumentReader,
  { id, state }: MatchedTicket,
  { limit = MATCH_LIMITS.resultsDefault }: { readonly limit?: number } = {},
): Promise<KnownErrorMatches> {
  const position = await reader.checkpoint(KNOWN_ERROR_MATCHES);
  const ticket = state as ReadDocument;
  const search = new MatchSearch(reader);
  await search.byItem(textOf(ticket, 'configurationItem'));
  await search.byWords(
    matchWords(textOf(ticket, 'title'), textOf(ticket, 'symptom'), textOf(ticket, 'excerpt')),
  );
  await search.byProblem('service', textOf(ticket, 'service'));
  await search.byProblem('category', textOf(ticket, 'category'));
  const { items, isTruncated } = await search.best(limit);
  return { id, items, isTruncated, position: position.toString() };
}

/** Gathers reasons by known error. */
class MatchSearch {
  private readonly reasons = new Map<string, Map<MatchReason['kind'], Set<string>>>();
  private isTruncated = false;

  constructor(private readonly reader: DocumentReader) {}

  async byItem(reference: string | null): Promise<void> {
    if (reference === null) return;
    const item = (await itemsByName(this.reader, [reference])).get(reference);
    const names = [reference, textOf(item, 'id'), textOf(item, 'number'), textOf(item, 'name')];
    const terms = names.filter((name) => name !== null).map(itemTerm);
    const found = await this.entries([...new Set(terms)]);
    for (const { knownError } of found) this.note(knownError, 'configuration-item', reference);
  }

  async byWords(words: readonly string[]): Promise<void> {
    const byTerm = new Map(words.map((word) => [wordTerm(word), word]));
    for (const { term, knownError } of await this.entries([...byTerm.keys()])) {
      this.note(knownError, 'words', byTerm.get(term) ?? term);
    }
  }

  /** Known errors do not tell their service; the problems behind them do. */
  async byProblem(field: 'service' | 'category', value: string | null): Promise<void> {
    if (value === null) return;
    const { problemsMax, entriesMax } = MATCH_LIMITS;
    const list = ticketListName({ name: 'problem' });
    const problems = await this.reader.find(list, list, {
      filter: { [field]: value },
      sort: { field: 'updatedAt', direction: 'descending' },
      limit: problemsMax,
    });
    if (problems.nextCursor !== null) this.isTruncated = true;
    if (problems.items.length === 0) return;
    const page = await this.reader.find(KNOWN_ERROR_MATCHES, KNOWN_ERROR_MATCHES, {
      filter: { problem: { $in: problems.items.map(({ id }) => id) }, isPublished: true },
      limit: entriesMax,
    });
    if (page.nextCursor !== null) this.isTruncated = true;
    for (const { id } of page.items) this.note(id, field, value);
  }

  async best(
    limit: number,
  ): Promise<{ readonly items: readonly KnownErrorMatch[]; readonly isTruncated: boolean }> {
    const ranked = [...this.reasons]
      .map(([id, reasons]) => ({ id, reasons: reasonsOf(reasons) }))
      .filter(({ reasons }) => isTelling(reasons))
      .map((match) => ({ ...match, score: scoreOf(match.reasons) }))
      .sort((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1));
    const shown = ranked.slice(0, limit);
    const documents = await this.documents(shown.map(({ id }) => id));
    return {
      items: shown.flatMap(({ id, score, reasons }) => {
        const document = documents.get(id);
        return document === undefined ? [] : [{ ...matchOf(id, document), score, reasons }];
      }),
      isTruncated: this.isTruncated || ranked.length > shown.length,
    };
  }

  private async entries(
    terms: readonly string[],
  ): Promise<readonly { readonly term: string; readonly knownError: string }[]> {
    if (terms.length === 0) return [];
    const page = await this.reader.find(KNOWN_ERROR_MATCHES, KNOWN_ERROR_TERMS, {
      filter: { term: { $in: terms } },
      limit: MATCH_LIMITS.entriesMax,
    });
    if (page.nextCursor !== null) this.isTruncated = true;
    return page.items.map(({ document }) => ({
      term: textOf(document, 'term') ?? '',
      knownError: textOf(document, 'knownError') ?? '',
    }));
  }

  private async documents(ids: readonly string[]): Promise<ReadonlyMap<string, ReadDocument>> {
    if (ids.length === 0) return new Map();
    const filter = { id: { $in: ids }, isPublished: true };
    const page = await this.reader.find(KNOWN_ERROR_MATCHES, KNOWN_ERROR_MATCHES, {
      filter,
      limit: ids.length,
    });
    return new Map(page.items.map(({ id, document }) => [id, document]));
  }

  private note(knownError: string, kind: MatchReason['kind'], value: string): void {
    const reasons = this.reasons.get(knownError) ?? new Map<MatchReason['kind'], Set<string>>();
    this.reasons.set(knownError, reasons);
    reasons.set(kind, (reasons.get(kind) ?? new Set()).add(value));
  }
}

function reasonsOf(
  reasons: ReadonlyMap<MatchReason['kind'], ReadonlySet<string>>,
): readonly MatchReason[] {
  return [...reasons].map(([kind, values]) => ({ kind, values: [...values].sort() }));
}

/** One word in common, or a category, says nothing by itself. */
function isTelling(reasons: readonly MatchReason[]): boolean {
  return scoreOf(reasons) > WEIGHTS.category;
}

function scoreOf(reasons: readonly MatchReason[]): number {
  return reasons.reduce(
    (sum, { kind, values }) => sum + WEIGHTS[kind] * (kind === 'words' ? values.length : 1),
    0,
  );
}

function matchOf(id: string, document: ReadDocument): Omit<KnownErrorMatch, 'score' | 'reasons'> {
  return {
    id,
    number: textOf(document, 'number'),
    title: textOf(document, 'title'),
    problem: textOf(document, 'problem'),
    workaroundExcerpt: textOf(document, 'workaroundExcerpt'),
  };
}
