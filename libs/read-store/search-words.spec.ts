import fc from 'fast-check';
import { searchWords, WORD_LENGTH_MAX } from './search-words';

describe('the words of a text', () => {
  it.each([
    ['Printer on 3rd floor', ['printer', 'on', '3rd', 'floor']],
    ['to be, or not to be', ['to', 'be', 'or', 'not']],
    ['Crème brûlée', ['creme', 'brulee']],
    ['Straße STRASSE', ['strasse']],
    ['ΟΔΟΣ οδός', ['οδοσ']],
    ['İstanbul ıstanbul', ['istanbul']],
    ['ﬁle \u212Aelvin x²', ['file', 'kelvin', 'x2']],
    ['画面が 表示されない', ['画面か', '表示されない']],
    ['snake_case kebab-case', ['snake', 'case', 'kebab']],
    ['😀 "*()', []],
    ['', []],
  ])('of %j are %j', (text, words) => {
    expect(searchWords(text)).toEqual(words);
  });

  it('are cut at 64 characters, never inside one', () => {
    expect(searchWords('x'.repeat(100))).toEqual(['x'.repeat(WORD_LENGTH_MAX)]);
    const letter = '\u{20000}';
    expect(searchWords(letter.repeat(100))).toEqual([letter.repeat(WORD_LENGTH_MAX)]);
  });

  it('hold nothing that a search syntax could read, and stay as they are when taken again', () => {
    const anyText = fc.string({ unit: 'binary' });
    const property = fc.property(anyText, (text) => {
      const words = searchWords(text);
      expect(words.join(' ')).not.toMatch(/[^\p{L}\p{N} ]/u);
      expect(searchWords(words.join(' '))).toEqual(words);
    });
    fc.assert(property, { seed: 7, numRuns: 2000 });
  });
});
