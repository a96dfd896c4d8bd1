import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {compilePath, formatSegments} from '../../src/json/path.js';

const DOCUMENT: unknown = JSON.parse(`{
  "items": [
    {"id": 1, "p": 5, "tags": ["a", "b"], "on": true, "created-at": "2024-01-01"},
    {"id": 2, "p": 15, "tags": [], "on": false, "name": "x.y", "created-at": "2024-02-01"},
    {"id": 3, "p": 25, "tags": ["c"], "name": null, "deep": {"id": 33, "p": 15}}
  ],
  "data": {"k1": {"id": 7}, "k2": {"id": 8}},
  "limit": 10
}`);

function found(source: string): string[] {
  return compilePath(source).find(DOCUMENT).map(formatSegments);
}

describe('wildcards, slices, unions, descendants', () => {
  test.each<[string, readonly string[]]>([
    ['items[*].id', ['items[0].id', 'items[1].id', 'items[2].id']],
    ['items.*.id', ['items[0].id', 'items[1].id', 'items[2].id']],
    ['items[*].deep', ['items[2].deep']],
    ['data.*', ['data.k1', 'data.k2']],
    ['data[*].id', ['data.k1.id', 'data.k2.id']],
    ['*', ['items', 'data', 'limit']],
    ['$.*', ['items', 'data', 'limit']],
    ['limit[*]', []],
    ['items[1:]', ['items[1]', 'items[2]']],
    ['items[:-1]', ['items[0]', 'items[1]']],
    ['items[-1:]', ['items[2]']],
    ['items[::-1]', ['items[2]', 'items[1]', 'items[0]']],
    ['items[::2]', ['items[0]', 'items[2]']],
    ['items[ 0 : 2 ]', ['items[0]', 'items[1]']],
    ['items[:-6]', []],
    ['items[-7:2]', ['items[0]', 'items[1]']],
    ['items[::0]', []],
    ['items[0,-1]', ['items[0]', 'items[2]']],
    ['items[0,0]', ['items[0]', 'items[0]']],
    ['items[5,1]', ['items[1]']],
    ['items[0][id,p]', ['items[0].id', 'items[0].p']],
    ['items[0].[id,p]', ['items[0].id', 'items[0].p']],
    ['items[0][\'id\', "p"]', ['items[0].id', 'items[0].p']],
    ['data,limit', ['data', 'limit']],
    ['$.data.k1,k2', ['data.k1', 'data.k2']],
    ['items[1:,0]', ['items[1]', 'items[2]', 'items[0]']],
    ['$..id', ['items[0].id', 'items[1].id', 'items[2].id', 'items[2].deep.id', 'data.k1.id', 'data.k2.id']],
    ['..id', ['items[0].id', 'items[1].id', 'items[2].id', 'items[2].deep.id', 'data.k1.id', 'data.k2.id']],
    ['items..id', ['items[0].id', 'items[1].id', 'items[2].id', 'items[2].deep.id']],
    ['items[*]..id', ['items[0].id', 'items[1].id', 'items[2].id', 'items[2].deep.id']],
    ['items..tags[0]', ['items[0].tags[0]', 'items[2].tags[0]']],
    ["$..['k1','k2']", ['data.k1', 'data.k2']],
    ['data..*', ['data.k1', 'data.k2', 'data.k1.id', 'data.k2.id']],
  ])('%s', (source, paths) => {
    expect(found(source)).toEqual(paths);
    expect(compilePath(source).segments).toBeUndefined();
  });

  test.each<[string | readonly string[], readonly (string | number)[]]>([
    ['items[*].id', ['items']],
    ['a.b[0].c[?@.x]', ['a', 'b', 0, 'c']],
    ['a..b', ['a']],
    ['a[0,1].b', ['a']],
    ['a.b[1:]', ['a', 'b']],
    ['*', []],
    [['data', '*', 'record'], ['data']],
  ])('the stem of %j', (source, stem) => {
    expect(compilePath(source).stem).toEqual(stem);
  });

  test('slices are those of JavaScript and Python', () => {
    const bound = fc.option(fc.integer({min: -8, max: 8}), {nil: undefined});
    fc.assert(
      fc.property(fc.nat({max: 6}), bound, bound, bound, (length, start, end, step) => {
        const list = Array.from({length}, (_, n) => n);
        const indexes = compilePath(`[${start ?? ''}:${end ?? ''}${step === undefined ? '' : `:${step}`}]`)
          .find(list)
          .map(([index]) => index);
        const by = step ?? 1;
        const expected: number[] = [];
        const least = by > 0 ? 0 : -1;
        const most = by > 0 ? length : length - 1;
        const clip = (at: number) => Math.max(least, Math.min(most, at < 0 ? at + length : at));
        const from = start === undefined ? (by > 0 ? 0 : length - 1) : clip(start);
        const to = end === undefined ? (by > 0 ? length : -1) : clip(end);
        for (let i = from; by !== 0 && (by > 0 ? i < to : i > to); i += by) {
          expected.push(i);
        }
        expect(indexes).toEqual(expected);
        if (by === 1) {
          expect(indexes).toEqual(list.slice(start ?? 0, end ?? length));
        }
      }),
    );
  });
});

describe('filters', () => {
  test.each<[string, readonly number[]]>([
    ['?(@.p>10)', [1, 2]],
    ['?@.p>10', [1, 2]],
    ['?p>10', [1, 2]],
    ['? p >= 15 ', [1, 2]],
    ['?(p > 10 & on == false)', [1]],
    ['?@.p<15', [0]],
    ['?@.p<=15', [0, 1]],
    ['?@.p!=15', [0, 2]],
    ['?@.p=15', [1]],
    ['?15==@.p', [1]],
    ['?@.p==1.5e1', [1]],
    ["?@.p=='15'", []],
    ['?@.id>1 && @.p>10 && @.id>2', [2]],
    ['?@.id==1 && @.p==5 && @.on==false', []],
    ['?@.id==1 || @.id==2 && @.p==99', [0]],
    ['?(@.id==1 || @.id==3) && @.p>10', [2]],
    ['?@.name', [1, 2]],
    ['?!@.name', [0]],
    ['?!(@.name && @.on)', [0, 2]],
    ['?@.name==null', [2]],
    ['?@.nope==@.nada', [0, 1, 2]],
    ['?@.nope!=null', [0, 1, 2]],
    ['?@.on==true', [0]],
    ['?on', [0, 1]],
    ["?@.tags[0]=='a'", [0]],
    ["?@['created-at']>'2024-01-15'", [1]],
    ["?@.created-at > '2024-01-15'", [1]],
    ['?@.p==$.items[2].deep.p', [1]],
    ['?@.p>$.limit', [1, 2]],
    ['?@.deep.id', [2]],
    ['?@.tags[*]', [0, 2]],
    ["?@.tags[?@=='b']", [0]],
    ['?length(@.tags)==2', [0]],
    ['?length(@.name)==3', [1]],
    ['?length(@)==4', []],
    ['?count(@.tags[*])>=1', [0, 2]],
    ['?count(@..id)==2', [2]],
    ["?value(@.tags[*])=='c'", [2]],
    ["?match(@.name, 'x.y')", [1]],
    ["?match(@.created-at, '2024-0[1].*')", [0]],
    ["?search(@.created-at, '-02-')", [1]],
    ["?match(@.name, 'x|y')", []],
    ["?match(@.name, '[x]\\\\.\\\\w')", [1]],
    ['?@.deep==$.items[2].deep', [2]],
  ])('items[%s]', (filter, indexes) => {
    expect(found(`items[${filter}]`)).toEqual(indexes.map((index) => `items[${index}]`));
  });

  test('on the members of an object, and inside each other', () => {
    expect(found('data[?@.id>7]')).toEqual(['data.k2']);
    expect(found('data[?(id>7)].id')).toEqual(['data.k2.id']);
    expect(found('$[?@[?@.id==2]]')).toEqual(['items']);
  });
});

test('names of Object.prototype are not members', () => {
  expect(found('items[?@.constructor]')).toEqual([]);
  expect(found('items[*].toString')).toEqual([]);
  expect(found('items[*].length')).toEqual([]);
});
