import {expect, test} from 'vitest';
import {openPasted} from '../../src/config/pasted-text.js';
import {understood} from './meaning.js';

const base = {base_url: 'https://a.example'};

test('what compiling finds stands at the fields of the form', () => {
  const {lines} = understood({
    value: {
      ...base,
      auth: {type: 'session_token', login_path: '/login', login_body: '{"pass": "{secrets.pass}"}', token_path: 'id'},
      request_headers: [{name: 'X-Since', value: '{incremental.start_value}'}],
      streams: [
        {name: 'a', path: 'x/{resources.b.id}'},
        {name: 'c', pagination: {type: 'offset', total_path: 'a['}, query_parameters: [{name: 'q', value: '{vars.z}'}]},
      ],
      secrets: 'pas: abcdef',
    },
  });
  expect(lines).toEqual([
    'streams[0].path {resources.b.…}: no resource "b"; there are a, c',
    'request_headers.X-Since {incremental.start_value} is not known here; there can be {vars.…}, {secrets.…}, {auth.…}',
    'auth.login_body {secrets.pass}: no secret "pass"; did you mean pas?; secrets has pas',
    'streams[1].query_parameters.q {vars.z}: no variable "z"; there are no variables (client.variables)',
    expect.stringMatching(/^streams\[1\]\.pagination\.total_path path "a\["/),
  ]);
});

test('a header that stands twice, in any case', () => {
  const twice = [
    {name: 'X-A', value: '1'},
    {name: 'x-a', value: '2'},
  ];
  expect(
    understood({value: {...base, request_headers: twice, streams: [{name: 'a', request_headers: twice}]}}).lines,
  ).toEqual([
    'request_headers[1].name is the name of request_headers[0] already: a header is sent once, several values are joined with a comma',
    'streams[0].request_headers[1].name is the name of streams[0].request_headers[0] already: a header is sent once, several values are joined with a comma',
  ]);
});

test('of the text within, at its lines', () => {
  const config =
    'client: {base_url: "https://a.example"}\nresources:\n- a\n- name: b\n  endpoint: x/{resources.z.id}\n';
  const {problems} = understood({value: {config}});
  expect(problems).toEqual([
    expect.objectContaining({path: ['resources', 1, 'endpoint', 'path'], position: {line: 5, column: 3}}),
  ]);
});

test.each([
  ['as it was copied', '  a: 1\n  b:\n    c: 2'],
  ['trimmed', 'a: 1\n  b:\n    c: 2'],
  ['with a stray space', ' a: 1\nb:\n  c: 2'],
  ['behind empty lines', '\n\n   a: 1\n  b:\n    c: 2'],
])('a pasted text %s', (_, text) => {
  const {value, problems} = openPasted(text);
  expect(problems).toEqual([]);
  expect(value).toEqual({a: 1, b: {c: 2}});
});

test('a pasted text that no indentation mends says what is wrong behind it', () => {
  const {problems} = openPasted('a: 1\n  b: [\n    c: 2');
  expect(problems).toEqual([
    expect.objectContaining({position: {line: 3, column: 9}, message: expect.stringContaining('[ before this')}),
  ]);
});

test('texts are trimmed as the platform does, credentials are not', () => {
  const {read, lines} = understood({
    value: {
      base_url: ' https://a.example\n',
      auth: {type: 'bearer', token: ' to ken '},
      streams: [{name: ' a ', path: ' '}],
    },
  });
  expect(lines).toEqual([]);
  expect(read.config?.client.base_url).toBe('https://a.example');
  expect(read.config?.client.auth[0]?.options).toMatchObject({token: ' to ken '});
  expect(read.config?.resources[0]).toMatchObject({name: 'a', endpoint: {path: 'a'}});
});

test('fields at their defaults do not count, however they are left empty', () => {
  const {lines} = understood({
    value: {
      base_url: ' ',
      auth: {type: 'none', token: null},
      pagination: {type: 'auto', limit: null},
      request_headers: [{}],
      streams: [null],
      client: base,
      resources: ['a'],
    },
  });
  expect(lines).toEqual([]);
});
