/** Words of one text that are looked at; what comes later says less. */
const WORDS_MAX = 40;
const WORD_LENGTH_MAX = 40;

/** Words that stand in every report. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'about after again all also and any are because been but can cannot could did does for from ' +
    'has have how into its not now off one only other our out over should since some that the ' +
    'their them then there these they this too under until very was were what when where which ' +
    'while who why will with would you your error fails failed issue problem user users'
  ).split(' '),
);

/**
 * The words by which texts are compared: lower case without accents, of three letters or digits or
 * more, none that stands in every report, each once, in the order of the texts, at most 40.
 */
export function matchWords(...texts: readonly (string | null)[]): readonly string[] {
  const words = texts
    .filter((text) => text !== null)
    .join(' ')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 2 && word.length <= WORD_LENGTH_MAX && !STOP_WORDS.has(word));
  return [...new Set(words)].slice(0, WORDS_MAX);
}

/** The term under which an index finds a word. */
export function wordTerm(word: string): string {
  return `word ${word}`;
}

/** The term under which an index finds a configuration item, by one of its names. */
export function itemTerm(name: string): string {
  return `item ${name.toLowerCase()}`;
}
