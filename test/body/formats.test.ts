import {describe, expect, test} from 'vitest';
import {compilePath} from '../../src/json/path.js';
import {decode, failure, fieldOf, recordsOf, show} from './pages.js';

describe('the format by content type', () => {
  test.each([
    'application/json',
    'APPLICATION/JSON; charset=utf-8',
    'text/json',
    'application/vnd.api+json',
    'application/hal+json',
    'text/plain',
    'application/octet-stream',
    'text/html',
    'application/xml',
    'x',
    '',
    undefined,
  ])('%s: JSON', (contentType) => {
    expect(recordsOf(decode('[{"a":1}]', {}, contentType))).toEqual(['{"a":1}']);
  });

  test.each([
    'application/x-ndjson',
    'application/ndjson',
    'application/jsonl',
    'application/x-jsonlines',
    'application/json-lines',
  ])('%s: JSON Lines', (contentType) => {
    expect(recordsOf(decode('{"a":1}\n{"a":2}\n', {}, contentType))).toEqual(['{"a":1}', '{"a":2}']);
  });

  test('text/csv: CSV', () => {
    expect(recordsOf(decode('a,b\n1,x\n', {}, 'text/csv; charset=utf-8'))).toEqual(['{"a":"1","b":"x"}']);
  });

  test('a written format wins', () => {
    expect(recordsOf(decode('{"a":1}\n{"a":2}', {format: 'jsonl'}, 'text/html'))).toHaveLength(2);
    expect(recordsOf(decode('[{"a":1}]', {format: 'json'}, 'text/csv'))).toHaveLength(1);
  });

  test('a pretty-printed document under a label of lines is taken as the document', () => {
    expect(recordsOf(decode('{\n "data": [\n {"a": 1}\n ]\n}', {selector: 'data'}, 'application/x-ndjson'))).toEqual([
      '{"a": 1}',
    ]);
  });
});

describe('JSON', () => {
  test('a pretty-printed page has no raw line break left, in records or facts', () => {
    const body =
      '{\r\n  "meta": {\n    "total": 1\n  },\n  "data": [\n    {\n      "a": "x\\n",\r\n      "b": 1.10\n    }\n  ]\n}\n';
    const page = decode(body, {selector: 'data'});
    expect(recordsOf(page)).toEqual(['{       "a": "x\\n",        "b": 1.10     }']);
    expect(show(page.fact(compilePath('meta')))).not.toMatch(/[\r\n]/);
    expect(page.batch.bytes.includes('\n')).toBe(false);
  });

  test('invalid JSON names the byte offset and the 40 characters around it', () => {
    const error = failure(`{"data": [{"a": 1}, {"a": tru}], "more": "${'x'.repeat(100)}"}`);
    expect(error.kind).toBe('syntax');
    expect(error.message).toContain('at byte 26');
    expect(error.message).toContain('{\\"a\\": tru}');
    expect(error.message.length).toBeLessThan(200);
  });

  test.each([
    '{"a":1',
    '[1,2',
    '{"a":1}}',
    '[1,]',
    '{a:1}',
    "{'a':1}",
    '{"a":01}',
    '{"a":"\t"}',
    'undefined',
    '[1] [2]',
    '\u0000',
  ])('no record leaves a body that is not JSON: %s', (body) => {
    expect(failure(body).kind).toBe('syntax');
  });

  test('HTML and XML are named', () => {
    const error = failure('<!DOCTYPE html>\n<html><head><title> Log in </title></head></html>', {}, 'text/html');
    expect(error.kind).toBe('syntax');
    expect(error.message).toContain('an HTML page titled "Log in" came back');
    const xml = failure('\n<?xml version="1.0"?><a/>', {format: 'json'});
    expect(xml.kind).toBe('format');
    expect(xml.message).toContain('XML came back');
    const zip = failure('PK\u0003\u0004\u0014', {format: 'json'}, 'application/zip');
    expect(zip.kind).toBe('format');
    expect(zip.message).toContain('a zip archive came back');
    expect(failure('<html>', {}, 'application/x-ndjson').message).toContain('HTML');
  });

  test('JSON Lines read as JSON: the message says what to write', () => {
    const error = failure('{"a":1}\n{"a":2}\n', {}, 'text/plain');
    expect(error.kind).toBe('format');
    expect(error.message).toContain('response: {format: jsonl}');
  });

  test('a 204 and a null are empty pages', () => {
    expect(decode('')).toMatchObject({rows: 0, batch: {count: 0}, settled: false});
    expect(decode('null')).toMatchObject({rows: 0, batch: {count: 0}, settled: false});
    expect(decode('', {format: 'csv', fields: ['a']}).batch.fields).toHaveLength(1);
    expect(decode('', {format: 'jsonl'}).value()).toBeNull();
  });
});

describe('JSON Lines', () => {
  test('lines are the records, exactly; blank lines are skipped', () => {
    const page = decode('\n{"a": 1.10}\r\n\n  \n{"a":12345678901234567890, "b":[1]}\n{"a":1e400}', {
      format: 'jsonl',
      fields: ['a'],
    });
    expect(recordsOf(page)).toEqual(['{"a": 1.10}', '{"a":12345678901234567890, "b":[1]}', '{"a":1e400}']);
    expect(fieldOf(page, 0)).toEqual(['1.10', '12345678901234567890', '1e400']);
    expect(page.rows).toBe(3);
    expect(page.settled).toBe(false);
  });

  test.each([
    ['{"a":1}\n{"a":}\n', 2],
    ['{"a":1},{"a":2}\n', 1],
    ['{"a":1} {"a":2}\n', 1],
    ['{"a":1}\n\n[1,\n2]\n', 3],
    ['{"a":1}\n{"a":"x', 2],
  ])('each line is strict and an error names it: %j', (body, line) => {
    const error = failure(body, {format: 'jsonl'});
    expect(error.kind).toBe('syntax');
    expect(error.message).toContain(`line ${line}:`);
  });

  test('the offset counts from the start of the body', () => {
    expect(failure('{"a":1}\n{"a":}\n', {format: 'jsonl'}).message).toContain('at byte 13');
  });

  test('nulls, scalars, NaN as everywhere', () => {
    const page = decode('null\n5\n{"a":NaN}\n{}\n', {format: 'jsonl'});
    expect(recordsOf(page)).toEqual(['{"value":5}', '{"a":null}']);
    expect(page.rows).toBe(4);
  });

  test('a JSON text sequence', () => {
    expect(recordsOf(decode('\u001e{"a":\n1}\n\u001e{"a":2}\n', {}, 'application/json-seq'))).toEqual([
      '{"a": 1}',
      '{"a":2}',
    ]);
  });

  test('facts and value() see the array of rows', () => {
    const page = decode('{"a":1}\n{"a":2}\n', {format: 'jsonl'});
    expect(show(page.fact(compilePath('[-1].a')))).toBe('2');
    expect(page.value()).toEqual([{a: 1}, {a: 2}]);
  });

  test('a selector is an error, $ is none', () => {
    expect(failure('{"a":1}', {format: 'jsonl', selector: 'data'}).message).toContain('Remove data_selector');
    expect(failure('{"a":1}', {format: 'jsonl', selector: 'data'}).kind).toBe('selector');
    expect(decode('{"a":1}', {format: 'jsonl', selector: '$'}).rows).toBe(1);
  });

  test('the names of the rows do not matter: nothing is detected', () => {
    expect(recordsOf(decode('{"id":1,"data":[{"a":1}]}', {format: 'jsonl', key: ['id']}))).toEqual([
      '{"id":1,"data":[{"a":1}]}',
    ]);
  });
});

describe('CSV', () => {
  const csv = (body: string, formatOptions?: unknown): string[] =>
    recordsOf(decode(body, {format: 'csv', formatOptions: {csv: formatOptions}}));

  test('all values are strings, quotes and line breaks are undone', () => {
    expect(csv('id,name\r\n007,"a ""b"", c\nd"\r\n,é\u2028\r\n')).toEqual([
      '{"id":"007","name":"a \\"b\\", c\\nd"}',
      '{"id":"","name":"é\u2028"}',
    ]);
  });

  test('delimiter and header', () => {
    expect(csv('1;2\n3;4', {delimiter: ';', header: ['a', 'b']})).toEqual(['{"a":"1","b":"2"}', '{"a":"3","b":"4"}']);
    expect(csv('a\tb\n1\t2', {delimiter: '\t', header: true})).toEqual(['{"a":"1","b":"2"}']);
  });

  test('empty and repeated names are made different, with a warning', () => {
    const page = decode('id,,id,id_2, \n1,2,3,4,5', {format: 'csv'});
    expect(recordsOf(page)).toEqual(['{"id":"1","column_2":"2","id_2":"3","id_2_2":"4","column_5":"5"}']);
    expect(page.notes.filter((note) => note.level === 'warn')).toHaveLength(4);
  });

  test('rows shorter or longer than the header', () => {
    expect(csv('a,b\n1\n1,2,3')).toEqual(['{"a":"1"}', '{"a":"1","b":"2","column_3":"3"}']);
  });

  test('__proto__ is a name like any other', () => {
    expect(csv('__proto__,a\n1,2')).toEqual(['{"__proto__":"1","a":"2"}']);
  });

  test('a header alone is an empty page', () => {
    expect(decode('a,b\n', {format: 'csv'})).toMatchObject({rows: 0, batch: {count: 0}});
  });

  test('an open quote is an error that names the line', () => {
    const error = failure('a\n"x', {format: 'csv'});
    expect(error.kind).toBe('syntax');
    expect(error.message).toMatch(/line \d/);
  });
});
