import {expect, test} from 'vitest';
import {openText} from '../../src/config/open-document.js';

test.each([
  ['a list item indented 3 where 4 belong', 'resources:\n    - name: a\n   - name: b\n', '3:4', 'indentation'],
  ['a key indented less', 'a:\n    b: x\n   c: y\n', '3:1', 'indentation'],
  ['an unterminated list', 'resources: [', '1:13', 'a [ before this is not closed: ] is missing'],
  ['an unterminated object', 'client: {a: 1\nresources: []\n', '2:1', 'a { before this is not closed: } is missing'],
  ['an object without its end in JSON', '{"a": 1,\n "b": {\n "c": 1\n}\n', '5:1', '} is missing'],
  ['a missing colon in JSON', '{"client": {"base_url" "x"}}', '1:24', 'a colon or a comma is missing before this'],
  ['a missing comma in JSON', '{"a": 1 "b": 2}', '1:7', 'a comma, or a closing bracket or brace, is missing'],
  ['a missing quote', 'a: "x\nb: c\n', '3:1', 'its second quote is missing'],
  ['a missing quote in JSON', '{"client": {"base_url": "x}}', '1:29', 'its second quote is missing'],
  ['a missing colon in YAML', 'client\n  base_url: x\n', '1:1', 'a colon is missing after this'],
  ['a second colon', 'a: b: c\n', '1:4', 'a second colon on this line'],
  ['a line indented deeper', 'client:\n  base_url: x\n    auth: y\n', '3:5', 'begin both in one column'],
  [
    'a placeholder within a flow text',
    'a: {path: x/{resources.b.id}/y}\n',
    '1:13',
    'a text that holds { must be quoted',
  ],
  ['the environment within a flow', `a: {token: $\{TOKEN}}\n`, '1:13', 'a text that begins with { must be quoted'],
  ['a quote within quotes', "a: 'it's'\n", '1:8', 'check the quotes'],
])('%s', (_, text, place, message) => {
  const {problems} = openText(text);
  expect(problems.map(({position}) => `${position?.line}:${position?.column}`)).toEqual([place]);
  expect(problems[0]?.message).toContain(message);
});
