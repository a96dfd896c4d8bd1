import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {blockText} from '../../src/config/block-text.js';
import {openText} from '../../src/config/open-document.js';
import {rewriteText} from '../../src/config/rewrite-text.js';
import {isJsonObject} from '../../src/config/schema/values.js';
import type {JsonObject} from '../../src/json/exact.js';

const read = (text: string): JsonObject => {
  const {value} = openText(text);
  if (!isJsonObject(value)) throw new Error('no object');
  return value;
};

const text = `# head
client:
  base_url: https://x   # base
  auth: {type: basic, username: u}  # auth
resources:
  # first
  - posts
  - name: a # nm
    endpoint:
      path: a
      # about errors
      error_handler: {x: 1}
      paginator:
        type: offset
        page_size: 100 # size
    # trailing
  - name: c
    columns:
`;

describe('rewriteText', () => {
  test('changes scalars, renames keys, adds and removes members, and leaves every other byte', () => {
    const before = read(text);
    const wanted = {
      ...before,
      client: {base_url: 'https://x', auth: {type: 'http_basic', username: 'u'}},
      resources: [
        {name: 'posts', primary_key: 'id'},
        {
          name: 'a',
          endpoint: {path: 'a', retry: {max_retries: 2}, response_actions: [], paginator: {type: 'offset', limit: 100}},
          primary_key: ['a', 'b c'],
        },
        {name: 'c', columns: {x: {data_type: 'text'}}},
      ],
    };
    expect(rewriteText(text, wanted)).toBe(
      text
        .replace('type: basic', 'type: http_basic')
        .replace('- posts', '- {name: posts, primary_key: id}')
        .replace('error_handler: {x: 1}', 'retry: {max_retries: 2}\n      response_actions: []')
        .replace('page_size', 'limit')
        .replace('# size\n', '# size\n    primary_key: [a, b c]\n')
        .replace('columns:\n', 'columns: {x: {data_type: text}}\n'),
    );
  });

  test('JSON stays JSON', () => {
    const json = '{\n  "resources": [\n    {\n      "name": "a",\n      "old": 1\n    }\n  ]\n}\n';
    expect(rewriteText(json, {resources: [{name: 'a', primary_key: 'id'}]})).toBe(
      json.replace('"old": 1', '"primary_key": "id"'),
    );
    expect(JSON.parse(rewriteText(json, {resources: [{name: 'a', old: 1, endpoint: {path: 'x'}}]}) ?? '')).toEqual({
      resources: [{name: 'a', old: 1, endpoint: {path: 'x'}}],
    });
  });

  test('what comes through an alias cannot be changed at one place', () => {
    const aliased = 'base: &b {x: 1}\na: {<<: *b, y: 2}\n';
    expect(rewriteText(aliased, {base: {x: 1}, a: {y: 2}})).toBeUndefined();
  });

  const name = fc.stringMatching(/^[a-z][a-z_]{0,5}$/);
  const leaf = fc.oneof(fc.string({maxLength: 8}), fc.integer(), fc.boolean(), fc.constant(null));
  const {tree} = fc.letrec<{tree: unknown}>((tie) => ({
    tree: fc.oneof(
      {depthSize: 'small'},
      leaf,
      fc.array(tie('tree'), {maxLength: 3}),
      fc.dictionary(name, tie('tree'), {maxKeys: 4}),
    ),
  }));

  test('members that go, at any place and beside new ones', () => {
    const keys = fc.uniqueArray(name, {minLength: 1, maxLength: 6});
    fc.assert(
      fc.property(keys, keys, fc.infiniteStream(fc.tuple(fc.boolean(), tree)), (old, fresh, draws) => {
        const draw = () => draws.next().value;
        const a = Object.fromEntries(old.map((key) => [key, draw()?.[1] ?? null]));
        const kept = Object.entries(a).filter(() => draw()?.[0] === true);
        const b = Object.fromEntries([
          ...kept,
          ...fresh.filter(() => draw()?.[0] === true).map((key) => [key, draw()?.[1] ?? null]),
        ]);
        const wanted = read(JSON.stringify({outer: b, last: 1}));
        const before = read(JSON.stringify({outer: a, last: 1}));
        for (const source of [JSON.stringify(before), JSON.stringify(before, undefined, 2), blockText(before)]) {
          const result = rewriteText(source, wanted);
          expect(result && read(result)).toEqual(wanted);
        }
      }),
      {numRuns: 100},
    );
  });

  test('the same for YAML in blocks', () => {
    fc.assert(
      fc.property(
        fc.dictionary(name, tree, {minKeys: 1, maxKeys: 4}),
        fc.dictionary(name, tree, {maxKeys: 4}),
        (a, b) => {
          const source = `${blockText(read(JSON.stringify(a)))}\n`;
          expect(read(source)).toEqual(read(JSON.stringify(a)));
          const result = rewriteText(source, read(JSON.stringify({...a, ...b})));
          expect(result && read(result)).toEqual(read(JSON.stringify({...a, ...b})));
        },
      ),
      {numRuns: 200},
    );
  });

  test('whatever changes: the result reads as wanted, or there is none', () => {
    fc.assert(
      fc.property(
        fc.dictionary(name, tree, {minKeys: 1, maxKeys: 4}),
        fc.dictionary(name, tree, {maxKeys: 4}),
        (a, b) => {
          const source = JSON.stringify(a, undefined, 2);
          const wanted = read(JSON.stringify({...a, ...b}));
          const result = rewriteText(source, wanted);
          if (result !== undefined) expect(JSON.parse(result)).toEqual({...a, ...b});
          // Objects that only gain or change members at their root can always be written.
          expect(result).toBeDefined();
        },
      ),
      {numRuns: 200},
    );
  });
});
