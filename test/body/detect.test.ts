import {describe, expect, test} from 'vitest';
import {createDecoder} from '../../src/body/decode.js';
import {createSelection} from '../../src/body/selection.js';
import {type Asked, decode, fieldOf, optionsOf, recordsOf, selectionOf} from './pages.js';

function found(body: string, asked: Asked = {}): {path: string; settled: boolean; count: number} {
  const page = decode(body, asked);
  return {path: page.selector.text, settled: page.settled, count: page.batch.count};
}

describe('no selector', () => {
  test('(a) a body that is an array', () => {
    expect(found('[{"a":1},{"a":2}]')).toEqual({path: '$', settled: true, count: 2});
    expect(found('[]')).toEqual({path: '$', settled: false, count: 0});
  });

  test('(b) a body with the primary key at its root is one record', () => {
    expect(found('{"id":1,"tags":[{"x":1}]}', {key: ['id']})).toEqual({path: '$', settled: true, count: 1});
    expect(found('{"id":1,"items":[{"x":1}]}', {key: ['id']})).toEqual({path: '$', settled: true, count: 1});
  });

  test.each([
    '{"id":1,"items":[{"id":2}]}',
    '{"id":1,"items":[{"x":2}],"next":"https://x.test/2"}',
    '{"id":1,"items":[{"x":2}],"meta":{"total_count":3}}',
    '{"id":1,"items":[{"x":2}],"hasMore":false}',
    '{"ID":1,"items":[{"x":2}]}',
  ])('(b) not with a next link, total or flag beside it, nor a list of objects with that key: %s', (body) => {
    expect(found(body, {key: ['id']})).toEqual({path: 'items', settled: true, count: 1});
  });

  test.each(['"next_billing_date":"2024-01-01"', '"next_step":5', '"next":null', '"next_page":""', '"next":{}'])(
    '(b) %s is no link',
    (member) => {
      expect(found(`{"id":1,${member},"items":[{"x":1}]}`, {key: ['id']}).path).toBe('$');
    },
  );

  test.each([
    '"next":{"href":"/x?page=2"}',
    '"@odata.nextLink":"https://x.test/?s=1"',
    '"nextPageToken":"a"',
    '"next_page":2',
  ])('(b) %s is one', (member) => {
    expect(found(`{"id":1,${member},"items":[{"x":1}]}`, {key: ['id']}).path).toBe('items');
  });

  test('(b) a compound key must be there as a whole', () => {
    expect(found('{"a":1,"data":[{"x":1}]}', {key: ['a', 'b']}).path).toBe('data');
    expect(found('{"a":1,"b":null,"data":[{"x":1}]}', {key: ['a', 'b']}).path).toBe('$');
  });

  test("(c) under the resource's name or the last segment of its path, before (d)", () => {
    const body = '{"data":[{"a":1}],"order_items":[{"b":1},{"b":2}]}';
    expect(found(body, {names: ['x', 'orderItem']})).toEqual({path: 'order_items', settled: true, count: 2});
    expect(found('{"data":[{"a":1}],"orders":[]}', {names: ['orders']})).toEqual({
      path: 'orders',
      settled: false,
      count: 0,
    });
  });

  test.each(
    'data items results records entries rows values value list entities payload content objects docs hits'.split(' '),
  )('(d) under %s', (name) => {
    expect(found(`{"zeta":[{"z":1},{"z":2}],"${name}":[{"a":1}]}`)).toEqual({path: name, settled: true, count: 1});
    expect(found(`{"alpha":[{"z":1}],"w":{"${name.toUpperCase()}":[1,2]}}`)).toEqual({
      path: `w.${name.toUpperCase()}`,
      settled: true,
      count: 2,
    });
  });

  test('(d) the shallower first, one with rows before an empty one', () => {
    expect(found('{"w":{"data":[{"a":1}]},"hits":[{"b":1}]}').path).toBe('hits');
    expect(found('{"data":null,"items":[{"b":1}]}').path).toBe('items');
    expect(found('{"data":[],"items":[{"b":1}]}').path).toBe('items');
    expect(found('{"items":[{"b":1}],"data":[{"b":1}]}').path).toBe('data');
  });

  test('at most three keys deep', () => {
    expect(found('{"a":{"b":{"data":[{"x":1}]}}}').path).toBe('a.b.data');
    expect(found('{"a":{"b":{"c":{"data":[{"x":1}]}}}}')).toEqual({path: '$', settled: false, count: 1});
  });

  test.each([
    'meta',
    'metadata',
    'pagination',
    'paging',
    'links',
    'headers',
    'errors',
    'warnings',
    'included',
    'Links',
  ])('outside %s', (name) => {
    expect(found(`{"${name}":{"data":[{"a":1}]},"things":[{"b":1},{"b":2}]}`)).toEqual({
      path: 'things',
      settled: true,
      count: 2,
    });
    expect(found(`{"${name}":[{"a":1}],"things":[{"b":1},{"b":2}]}`).path).toBe('things');
  });

  test('(e) the only array of objects', () => {
    expect(found('{"tags":["a"],"things":[{"b":1}],"n":1}')).toEqual({path: 'things', settled: true, count: 1});
  });

  test('(f) the first of several, with a warning', () => {
    const page = decode('{"things":[{"b":1}],"others":[{"c":1}]}');
    expect(page.selector.text).toBe('things');
    expect(page.notes).toMatchObject([{level: 'warn'}]);
    expect(page.notes[0]?.text).toContain('others');
  });

  test('an empty array or null under (c), (d) is an empty page and settles nothing', () => {
    expect(found('{"data":[],"things":[{"a":1}]}')).toEqual({path: 'data', settled: false, count: 0});
    expect(found('{"data":null,"total":0}')).toEqual({path: 'data', settled: false, count: 0});
    expect(found('{"orders":null}', {names: ['orders']})).toEqual({path: 'orders', settled: false, count: 0});
  });

  test('a null deep inside an entity is no empty list', () => {
    expect(found('{"id":1,"profile":{"content":null}}')).toEqual({path: '$', settled: false, count: 1});
  });

  test('no array: the body is one record; it settles nothing', () => {
    expect(found('{"id":1,"name":"x","tags":["a"]}')).toEqual({path: '$', settled: false, count: 1});
    expect(found('{}')).toEqual({path: '$', settled: false, count: 0});
  });

  test('a body of empty lists and totals is an empty page', () => {
    expect(found('{"widgets":[],"total":0,"meta":{"x":1}}')).toEqual({path: '$', settled: false, count: 0});
    expect(found('{"widgets":[],"name":"x"}')).toMatchObject({count: 1});
  });

  test('a scalar body is an error', () => {
    expect(() => decode('"OK"')).toThrow(/selects "OK"/);
    expect(() => decode('5')).toThrow(/selects 5/);
  });

  test('what is found is logged in pasteable form, fields and facts come along', () => {
    const page = decode('{"res.ult":{"items":[{"id":1.10}]}}', {fields: ['id']});
    expect(fieldOf(page, 0)).toEqual(['1.10']);
    expect(page.notes[0]).toMatchObject({level: 'info'});
    expect(page.notes[0]?.text).toContain('data_selector');
  });

  test('settled once, it is kept for the resource', () => {
    const selection = createSelection(selectionOf({}));
    const decoder = createDecoder({...optionsOf({}), selection});
    const page = (body: string): {rows: number; records: string[]} => {
      const decoded = decoder(Buffer.from(body), 'application/json');
      if (decoded instanceof Promise) throw new Error('promise');
      if (decoded.settled) selection.settle(decoded.selector);
      return {rows: decoded.rows, records: recordsOf(decoded)};
    };
    expect(page('{"items":[],"others":[{"b":1}]}')).toEqual({rows: 0, records: []});
    expect(selection.current().path).toBeUndefined();
    expect(page('{"things":[{"a":1}]}').records).toEqual(['{"a":1}']);
    expect(selection.current().path?.text).toBe('things');
    expect(page('{"things":[{"a":2}],"data":[{"b":1}]}').records).toEqual(['{"a":2}']);
    expect(() => page('{"data":[{"b":1}]}')).toThrow(/things matches nothing/);
    expect(page('{"nothing":1}')).toEqual({rows: 0, records: []});
  });
});
