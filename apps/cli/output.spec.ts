import { toCell, toJson, toTable } from './output';

describe('output', () => {
  it('writes positions as text in JSON and as digits in a table', () => {
    expect(toJson({ position: 12n })).toBe('{"position":"12"}');
    expect(toCell(12n)).toBe('12');
  });

  it('aligns columns and leaves no blanks at the end of a line', () => {
    expect(toTable(['a', 'long'], [['wide one', null]])).toBe('a         long\nwide one  -\n');
  });

  it('lets nothing through that moves the cursor of a terminal', () => {
    expect(toCell('a\u001b[2Jb\nc')).toBe('a [2Jb c');
  });

  it('cuts a long cell and shows that it did', () => {
    expect(toCell('x'.repeat(200))).toBe(`${'x'.repeat(119)}…`);
  });
});
