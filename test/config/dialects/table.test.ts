import fc from 'fast-check';
import {expect, test} from 'vitest';
import {dialects} from '../../../src/config/dialects/table.js';
import {isJsonObject} from '../../../src/config/schema/values.js';
import {parseExact} from '../../../src/json/exact.js';
import {own} from '../../corpus/own.js';
import {translate} from './translate.js';

test('each dialect has its own name', () => {
  expect(new Set(dialects.map(({name}) => name)).size).toBe(dialects.length);
});

test('a document in our own words is handed through as it is', () => {
  const document = {
    client: {
      base_url: 'https://x.com/{vars.a}',
      auth: {type: 'bearer', token: '{secrets.t}'},
      paginator: 'auto',
      variables: {a: 1},
    },
    resource_defaults: {endpoint: {params: {n: 1}}},
    resources: [
      'a',
      {name: 'b', endpoint: 'b/{x}'},
      {
        name: 'c',
        endpoint: {
          path: 'c/{resources.b.id}',
          json: {query: '{ a { b } }', x: '{{ y }}'},
          paginator: {type: 'cursor', cursor_path: 'next', cursor_param: 'c', stop_when: 'response.x == 1'},
          incremental: {cursor_path: 't', convert: '%s'},
        },
      },
    ],
  };
  for (const dialect of dialects)
    expect([dialect.name, dialect.translate(document).document === document]).toEqual([dialect.name, true]);
  expect(translate(document).problems).toEqual([]);
});

test('a translation is final, and its argument is left as it was', () => {
  for (const [name, document] of Object.entries(own)) {
    const before = JSON.stringify(document);
    let result = document;
    for (const dialect of dialects) result = dialect.translate(result).document;
    expect(JSON.stringify(document)).toBe(before);
    expect([name, translate(result)]).toEqual([name, {document: JSON.parse(JSON.stringify(result)), problems: []}]);
  }
});

test('any document goes through without an exception', () => {
  const words = [
    'client',
    'resources',
    'resource_defaults',
    'endpoint',
    'paginator',
    'auth',
    'type',
    'oauth2',
    'basic',
    'cursor',
    'offset',
    'stop_condition',
    'cursor_value',
    'cursor_path',
    'error_handler',
    'incremental_sync',
    'cursor_field',
    'partition_router',
    'record_filter',
    'body',
    'params',
    'incremental',
    'path',
    'base_url',
    '__proto__',
    'constructor',
    '{{ x }}',
    'not response.a',
    "{{ config['x'] }}",
    'headers.link.next.url',
    'values',
    'list',
    'retry_on_status_codes',
  ];
  const leaf = fc.oneof(fc.constantFrom(...words), fc.constantFrom(null, true, 0, 1.5, ''), fc.string());
  const {tree} = fc.letrec<{tree: unknown}>((tie) => ({
    tree: fc.oneof(
      {depthSize: 'medium'},
      leaf,
      fc.array(tie('tree'), {maxLength: 4}),
      fc.dictionary(fc.constantFrom(...words), tie('tree'), {maxKeys: 6}),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...words), tree, {maxKeys: 6}), (value) => {
      const document = parseExact(JSON.stringify(value));
      if (!isJsonObject(document)) return;
      const before = JSON.stringify(document);
      let result = document;
      for (const dialect of dialects) result = dialect.translate(result).document;
      expect(isJsonObject(result)).toBe(true);
      expect(JSON.stringify(document)).toBe(before);
    }),
    {numRuns: 2_000},
  );
});
