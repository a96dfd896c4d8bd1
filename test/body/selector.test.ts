import {describe, expect, test} from 'vitest';
import {createDecoder} from '../../src/body/decode.js';
import {createSelection} from '../../src/body/selection.js';
import {compilePath} from '../../src/json/path.js';
import {decode, failure, fieldOf, optionsOf, recordsOf, selectionOf} from './pages.js';

describe('a singular selector', () => {
  test('selects an array of records, as the bytes of the page', () => {
    const body = Buffer.from('{"meta": {"n": 2}, "data": [{"id":1.10, "a" : 1}, {"id":12345678901234567890}]}');
    const page = createDecoder(optionsOf({selector: 'data', fields: ['id']}))(body, 'application/json');
    if (page instanceof Promise) throw new Error('promise');
    expect(recordsOf(page)).toEqual(['{"id":1.10, "a" : 1}', '{"id":12345678901234567890}']);
    expect(fieldOf(page, 0)).toEqual(['1.10', '12345678901234567890']);
    expect(page.rows).toBe(2);
    expect(page.batch.bytes.buffer).toBe(body.buffer);
    expect(page.selector.text).toBe('data');
    expect(page.settled).toBe(false);
  });

  test('selects one record', () => {
    const page = decode('{"data":{"id":1}}', {selector: 'data', fields: ['id']});
    expect(recordsOf(page)).toEqual(['{"id":1}']);
    expect(fieldOf(page, 0)).toEqual(['1']);
    expect(page.rows).toBe(1);
  });

  test.each(['null', 'false', '""', '{}', '{ }', '[]'])('%s is an empty page', (value) => {
    const page = decode(`{"data":${value}}`, {selector: 'data', required: true});
    expect(page.batch.count).toBe(0);
    expect(page.rows).toBe(0);
  });

  test.each(['1', 'true', '"text"', '0'])('another scalar is an error: %s', (value) => {
    const error = failure(`{"data":${value},"items":[{"id":1}]}`, {selector: 'data'});
    expect(error.kind).toBe('selector');
    expect(error.message).toContain(`selects ${value}`);
    expect(error.message).toContain('items (1 object with id)');
  });

  test('names with dots, @, indexes, negative indexes and lists of names', () => {
    expect(recordsOf(decode('{"a.b":[{"x":1}]}', {selector: "'a.b'"}))).toEqual(['{"x":1}']);
    expect(recordsOf(decode('{"a.b":{"c":[{"x":1}]}}', {selector: ['a.b', 'c']}))).toEqual(['{"x":1}']);
    expect(recordsOf(decode('[{"r":[{"x":1}]},{"r":[{"x":2}]}]', {selector: '[1].r'}))).toEqual(['{"x":2}']);
    const last = decode('[{"r":[{"x":1}]},{"r":[{"x":2},null]}]', {selector: '[-1].r', fields: ['x']});
    expect(recordsOf(last)).toEqual(['{"x":2}']);
    expect(fieldOf(last, 0)).toEqual(['2']);
    expect(last.rows).toBe(2);
  });

  test.each(['$', '', '[]'])('%j is the whole body', (selector) => {
    expect(recordsOf(decode('[{"a":1}]', {selector}))).toEqual(['{"a":1}']);
    expect(recordsOf(decode('{"a":1}', {selector}))).toEqual(['{"a":1}']);
  });

  test('of duplicate keys the last one is selected', () => {
    expect(recordsOf(decode('{"data":[{"a":1}],"data":[{"a":2}]}', {selector: 'data'}))).toEqual(['{"a":2}']);
  });
});

describe('any other selector: one record per match', () => {
  test('items[*].x', () => {
    const page = decode('{"items":[{"x":{"id":1.10}},{"y":1},{"x":{"id":1e400}}]}', {
      selector: 'items[*].x',
      fields: ['id'],
    });
    expect(recordsOf(page)).toEqual(['{"id":1.10}', '{"id":1e400}']);
    expect(fieldOf(page, 0)).toEqual(['1.10', '1e400']);
    expect(page.rows).toBe(3);
  });

  test('rows are the elements of the outermost array, whatever was filtered', () => {
    const body = '{"groups":[{"items":[{"a":1},{"a":2}]},{"items":[]},{"items":[{"a":3}]}]}';
    const page = decode(body, {selector: 'groups[*].items[*]'});
    expect(recordsOf(page)).toHaveLength(3);
    expect(page.rows).toBe(3);
    expect(decode(body, {selector: 'groups[*].items[?@.a>2]'}).rows).toBe(3);
    expect(recordsOf(decode(body, {selector: 'groups[*].items[?@.a>2]'}))).toEqual(['{"a":3}']);
    expect(decode('{"data":[{"a":1},{"a":2}]}', {selector: 'data[?@.a>5]'})).toMatchObject({
      rows: 2,
      batch: {count: 0},
    });
  });

  test('rows are the members for .* on an object', () => {
    const page = decode('{"data":{"k1":{"a":1},"k2":{"a":2},"k3":null}}', {selector: 'data.*'});
    expect(recordsOf(page)).toEqual(['{"a":1}', '{"a":2}']);
    expect(page.rows).toBe(3);
  });

  test('only the part before the first wildcard must match', () => {
    expect(decode('{"data":[]}', {selector: 'data[*].x', required: true}).rows).toBe(0);
    expect(decode('{"data":null}', {selector: 'data[*].x', required: true}).rows).toBe(0);
    expect(decode('{"data":[{"y":1}]}', {selector: 'data[*].x', required: true})).toMatchObject({
      rows: 1,
      batch: {count: 0},
    });
    expect(failure('{"dat":[]}', {selector: 'data[*].x', required: true}).kind).toBe('selector');
  });

  test('.. finds records anywhere', () => {
    const page = decode('{"a":{"rec":{"id":1}},"b":[{"rec":{"id":2}}]}', {selector: '$..rec'});
    expect(recordsOf(page)).toEqual(['{"id":1}', '{"id":2}']);
    expect(page.rows).toBe(2);
  });

  test('a match that is an array becomes {"value": …}, with a hint', () => {
    const page = decode('{"g":[{"i":[1,2]}]}', {selector: 'g[*].i'});
    expect(recordsOf(page)).toEqual(['{"value":[1,2]}']);
    expect(page.notes.map((note) => note.text).join()).toContain('[*]');
  });

  test('a scalar before the wildcard is an error', () => {
    expect(failure('{"data":5}', {selector: 'data[*]'}).message).toContain('selects 5');
  });

  test('an answer nested too deeply for a query is an error of the selector', () => {
    const body = `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    expect(failure(body, {selector: '$..x'}).kind).toBe('selector');
    expect(decode(body, {selector: 'a'}).batch.count).toBe(1);
    expect(failure(body, {}).message).toMatch(
      /^the answer cannot be searched: a value of 20001 levels.*write a data_selector/,
    );
    expect(failure(body, {selector: 'b'}).message).toMatch(/levels.*; the data_selector b leads to no records in it$/);
  });
});

describe('a selector that matches nothing', () => {
  test.each(['', ' \n ', 'null'])('%j is an empty page, even where a match is required', (body) => {
    const page = decode(body, {selector: 'data.items', required: true});
    expect(page).toMatchObject({rows: 0, batch: {count: 0}, settled: false, notes: []});
    expect(page.value()).toBeNull();
    expect(page.fact(compilePath('a'))).toBeUndefined();
  });

  test.each([
    ['a usual name', '{"results":[{"id":1,"b":2}]}', 'results (1 object with id, b)'],
    ['the own name', '{"orders":[{"id":1}]}', 'orders (1 object'],
    ['a name like the last of the selector', '{"x":{"Order_Line":[{"id":1}]}}', 'x.Order_Line (1 object'],
  ])('is an error where a list of objects stands under %s', (_, body, message) => {
    const error = failure(body, {selector: 'data.orderLines', names: ['orders']});
    expect(error.kind).toBe('selector');
    expect(error.message).toContain('data_selector data.orderLines matches nothing');
    expect(error.message).toContain(message);
    expect(error.message).toContain('data_selector_required: false');
  });

  test.each([
    '{"other":[{"id":1}]}',
    '{"results":[]}',
    '{"results":["text"]}',
    '{"errors":[{"id":1}]}',
    '{"meta":{"data":[{"id":1}]}}',
    '{"a":{"b":{"c":{"data":[{"id":1}]}}}}',
    '{"message":"nothing here"}',
  ])('is an empty page otherwise, with a notice: %s', (body) => {
    const page = decode(body, {selector: 'data.orderLines'});
    expect(page).toMatchObject({rows: 0, batch: {count: 0}, notes: [{level: 'info'}]});
  });

  test('in check any list of objects makes it an error', () => {
    expect(failure('{"other":[{"id":1}]}', {selector: 'data', strict: true}).message).toContain('other (1 object');
    expect(decode('{"other":[]}', {selector: 'data', strict: true}).rows).toBe(0);
  });

  test('data_selector_required: true makes every miss an error, false none', () => {
    expect(failure('{"message":"x"}', {selector: 'data', required: true}).message).toContain(
      'keys message and no list',
    );
    expect(decode('{"results":[{"id":1}]}', {selector: 'data', required: false}).rows).toBe(0);
  });

  test('a warning with the keys seen if it never matched', () => {
    const selection = createSelection(selectionOf({selector: 'data'}));
    const decoder = createDecoder({...optionsOf({}), selection});
    expect(selection.neverMatched()).toBeUndefined();
    void decoder(Buffer.from('{"status":"ok","count":0}'), undefined);
    expect(selection.neverMatched()).toMatchObject({level: 'warn'});
    expect(selection.neverMatched()?.text).toContain('status, count');
    void decoder(Buffer.from('{"data":[]}'), undefined);
    expect(selection.neverMatched()).toBeUndefined();
  });
});

describe('nulls, scalars, empty objects', () => {
  test('null elements are dropped with a notice, rows count them', () => {
    const page = decode('[{"id":1},null,{"id":2},null]', {selector: '$', fields: ['id']});
    expect(recordsOf(page)).toEqual(['{"id":1}', '{"id":2}']);
    expect(fieldOf(page, 0)).toEqual(['1', '2']);
    expect(page.rows).toBe(4);
    expect(page.notes).toMatchObject([{level: 'info', count: 2}]);
  });

  test('scalars and arrays become {"value": …} with a warning, exactly', () => {
    const page = decode('[1.10, "a", false, 0, "", [1 , 2], {"value":3}]', {selector: '$', fields: ['value']});
    expect(recordsOf(page)).toEqual([
      '{"value":1.10}',
      '{"value":"a"}',
      '{"value":false}',
      '{"value":0}',
      '{"value":""}',
      '{"value":[1 , 2]}',
      '{"value":3}',
    ]);
    expect(fieldOf(page, 0)).toEqual(['1.10', '"a"', 'false', '0', '""', '[1 , 2]', '3']);
    expect(page.rows).toBe(7);
    expect(page.notes).toMatchObject([{level: 'warn', count: 6}]);
  });

  test('{} is dropped, rows still count it', () => {
    const page = decode('[{},{"a":1},{ \n }]', {selector: '$'});
    expect(recordsOf(page)).toEqual(['{"a":1}']);
    expect(page.rows).toBe(3);
    expect(page.notes).toMatchObject([{level: 'info', key: 'records.empty', count: 2}]);
  });

  test('NaN and Infinity become null with one counted warning', () => {
    const page = decode('{"data":[{"a":NaN,"b":-Infinity},{"a":"NaN","b":Infinity}]}', {selector: 'data'});
    expect(recordsOf(page)).toEqual(['{"a":null,"b":null}', '{"a":"NaN","b":null}']);
    expect(page.notes).toMatchObject([{level: 'warn', count: 3}]);
  });

  test('duplicate keys, __proto__ and depth are emitted as they came', () => {
    const record = `{"a":1,"a":2,"__proto__":{"x":1},"d":${'['.repeat(3_000)}${']'.repeat(3_000)}}`;
    const page = decode(`[${record}]`, {selector: '$', fields: ['a', '__proto__.x', 'constructor']});
    expect(recordsOf(page)).toEqual([record]);
    expect([fieldOf(page, 0), fieldOf(page, 1), fieldOf(page, 2)]).toEqual([['2'], ['1'], [undefined]]);
  });
});

describe('data_selector_key_as', () => {
  test('turns an object of records into records that keep their key', () => {
    const body = '{"data":{"k\\u00e9":{"a":1.10},"2":{ },"3":null,"4":5,"5":{"a":1,"id":"x","b":2}}}';
    const page = decode(body, {selector: 'data', keyAs: 'id', fields: ['id', 'a']});
    expect(recordsOf(page)).toEqual([
      '{"id":"k\\u00e9","a":1.10}',
      '{"id":"2"}',
      '{"id":"4","value":5}',
      '{"id":"5","a":1,"b":2}',
    ]);
    expect(fieldOf(page, 1)).toEqual(['1.10', undefined, undefined, '1']);
    expect(page.rows).toBe(5);
  });

  test('with data.* too, and with no selector for the whole body', () => {
    expect(recordsOf(decode('{"data":{"a":{"x":1}}}', {selector: 'data.*', keyAs: 'k'}))).toEqual(['{"k":"a","x":1}']);
    expect(recordsOf(decode('{"a":{"x":[{"y":1}]}}', {keyAs: 'k'}))).toEqual(['{"k":"a","x":[{"y":1}]}']);
  });

  test('an array is read as usual: [] is how some servers write an empty object', () => {
    expect(decode('{"data":[]}', {selector: 'data', keyAs: 'k'}).rows).toBe(0);
  });
});

describe('one entity', () => {
  test('an unset selector is $', () => {
    expect(recordsOf(decode('{"id":1,"items":[{"a":1}]}', {entity: true}))).toEqual(['{"id":1,"items":[{"a":1}]}']);
    expect(decode('{"id":1}', {entity: true})).toMatchObject({settled: false, selector: {segments: []}});
  });

  test.each([
    '{"items":[{"a":1}],"next":"https://x.test/?page=2"}',
    '{"items":[{"a":1}],"nextPageToken":"abc"}',
    '{"items":[{"a":1}],"has_more":true}',
    '{"items":[{"a":1}],"links":{"next":"/x?page=2"}}',
    '{"items":[{"a":1}],"meta":{"hasMore":true}}',
  ])('a list of objects beside a next link, token or true flag is an error asking for both keys: %s', (body) => {
    const {kind, message} = failure(body, {entity: true});
    expect(kind).toBe('selector');
    expect(message).toContain('data_selector');
    expect(message).toContain('paginator');
    expect(message).toContain('items');
  });

  test.each([
    '{"items":[{"a":1}],"next":null}',
    '{"items":[{"a":1}],"has_more":false}',
    '{"items":["a"],"next":"https://x.test"}',
    '{"id":1,"next":"https://x.test"}',
    '{"id":1,"sub":{"items":[{"a":1}],"next":"x"}}',
  ])('is fine otherwise: %s', (body) => {
    expect(decode(body, {entity: true}).batch.count).toBe(1);
  });

  test('a written selector is followed without a question', () => {
    expect(decode('{"items":[{"a":1}],"next":"x"}', {entity: true, selector: 'items'}).rows).toBe(1);
  });
});
