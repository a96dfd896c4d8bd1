import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {elements, member, members, writeObject} from '../../src/json/members.js';
import {jsonText, textOf} from '../../src/json/text.js';
import {documents, spelled} from './documents.js';

test('members keep order, duplicates and every byte; written again they are the same text', () => {
  const entry = fc.tuple(
    fc.oneof(fc.constantFrom('a', 'a', '__proto__', ''), fc.string({unit: 'binary'})),
    documents,
    fc.nat({max: 7}),
  );
  fc.assert(
    fc.property(fc.array(entry, {maxLength: 6}), (entries) => {
      const written = entries.map(([key, value, n]) => [
        spelled(key, () => n),
        value.replaceAll(/[\r\n]/g, ' ').trim(),
      ]);
      const object = jsonText(`{${written.map(([key, value]) => `${key}:${value}`).join(',')}}`);
      const found = members(object);
      expect(found.map(({key}) => key)).toEqual(entries.map(([key]) => key));
      expect(found.map(({keyText, value}) => [textOf(keyText), textOf(value)])).toEqual(written);
      expect(writeObject(found).toString()).toBe(textOf(object));
      const array = jsonText(`[${written.map(([, value]) => value).join(' , ')}]`);
      expect(elements(array).map(textOf)).toEqual(written.map(([, value]) => value));
    }),
    {numRuns: 500},
  );
});

describe('blanks and edges', () => {
  test.each(['{}', '{ }', ' { }'.trim()])('%s has no members', (text) => {
    expect(members(jsonText(text))).toEqual([]);
  });

  test('blanks are not part of keys or values', () => {
    const found = members(jsonText('{ "a" : 1 , "b\\n" :[ 2 ] }'));
    expect(found.map(({key, value}) => [key, textOf(value)])).toEqual([
      ['a', '1'],
      ['b\n', '[ 2 ]'],
    ]);
    expect(writeObject(found).toString()).toBe('{"a":1,"b\\n":[ 2 ]}');
    expect(elements(jsonText('[ ]'))).toEqual([]);
    expect(elements(jsonText('[ 1 , [2] ]')).map(textOf)).toEqual(['1', '[2]']);
  });

  test('text inside a page ends where it ends', () => {
    const bytes = Buffer.from('[{"a":1},{"b":2}]');
    expect(members({bytes, start: 1, end: 8}).map(({key}) => key)).toEqual(['a']);
  });

  test('another kind of value is refused', () => {
    expect(() => members(jsonText('[]'))).toThrow('no object');
    expect(() => elements(jsonText('{}'))).toThrow('no array');
  });

  test('members of our own', () => {
    const list = [member('q"\n\ud800', jsonText('1.10')), member('é', jsonText('null'))];
    expect(writeObject(list).toString()).toBe('{"q\\"\\n\\ud800":1.10,"é":null}');
    expect(writeObject([]).toString()).toBe('{}');
  });
});
