import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {parseTemplate, placeholders, type Site, splitReference} from '../../src/plan/template.js';

/** Parts as text, placeholders in «…». */
const shown = (source: string, site: Site = 'value'): string =>
  parseTemplate(source, site)
    .parts.map((part) =>
      typeof part === 'string'
        ? part
        : `«${part.context}.${part.name}${part.filter === undefined ? '' : `|${part.filter}`}»`,
    )
    .join('');

describe('placeholders (config-language §7)', () => {
  test.each([
    ['posts/{resources.posts.id}/comments', 'posts/«resources.posts.id»/comments'],
    ['{resources.p.a.b[0].c}', '«resources.p.a.b[0].c»'],
    ['{incremental.start_value|epoch_ms}', '«incremental.start_value|epoch_ms»'],
    ['{window.start|%Y-%m-%d}..{window.end|%Y-%m-%d}', '«window.start|%Y-%m-%d»..«window.end|%Y-%m-%d»'],
    ['{secrets.token}', '«secrets.token»'],
    ['{vars.x}{vars.y}', '«vars.x»«vars.y»'],
  ])('%s', (source, expected) => expect(shown(source)).toBe(expected));

  test('GraphQL works as pasted', () => {
    const query = 'query($after:String){ orders(first:100,after:$after){nodes{id} pageInfo{hasNextPage endCursor}}}';
    expect(shown(query, 'json')).toBe(query);
  });

  test('GraphQL with a placeholder inside', () => {
    expect(shown('{ user(id:"{resources.users.id}"){name posts{id}}}', 'json')).toBe(
      '{ user(id:"«resources.users.id»"){name posts{id}}}',
    );
  });

  test('JSON text works as pasted', () => {
    expect(shown('{"a":{"b":1}}')).toBe('{"a":{"b":1}}');
  });

  test.each([
    ['{{literal}}', '{literal}'],
    ['{{{resources.a.id}}}', '{«resources.a.id»}'],
    ['{{resources.a.id}}', '{resources.a.id}'],
    ['a{{b}}c{vars.x}', 'a{b}c«vars.x»'],
  ])('doubled braces collapse where no other brace stands: %s', (source, expected) => {
    expect(shown(source)).toBe(expected);
  });

  test('doubled braces stay beside a single one', () => {
    expect(shown('{{a}} {b c}')).toBe('{{a}} {b c}');
  });

  test('{name} is a placeholder in a path and as a whole value, text elsewhere', () => {
    expect(shown('repos/{owner}/issues', 'path')).toBe('repos/«bare.owner»/issues');
    expect(shown('{owner}', 'value')).toBe('«bare.owner»');
    expect(shown('by {owner}', 'value')).toBe('by {owner}');
    expect(shown('{owner}', 'json')).toBe('{owner}');
  });

  test('text without placeholders comes back as it is', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !/[{}]/.test(text)),
        (text) => {
          expect(parseTemplate(text, 'json').parts.join('')).toBe(text);
        },
      ),
    );
  });

  test('a placeholder between any texts is found', () => {
    const text = fc.string().filter((value) => !/[{}]/.test(value));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const found = placeholders(parseTemplate(`${before}{resources.a.id}${after}`, 'json'));
        expect(found.map((part) => part.name)).toEqual(['a.id']);
      }),
    );
  });
});

test.each([
  ['posts.id', ['posts', 'id']],
  ['posts.address.geo.id', ['posts', 'address.geo.id']],
  ["posts['@id']", ['posts', "['@id']"]],
  ['posts', ['posts', '']],
])('reference %s', (name, expected) => expect(splitReference(name)).toEqual(expected));
