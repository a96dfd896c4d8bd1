import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {keyOf, parseCatalog} from '../../src/airbyte/configured-catalog.js';
import {readInput} from '../../src/airbyte/input.js';
import {parseState} from '../../src/airbyte/state-file.js';
import {ConnectorError} from '../../src/errors.js';
import {ExactNumber} from '../../src/json/exact.js';

const stream = (given: object = {}) => ({
  stream: {name: 'a', namespace: null, json_schema: {properties: {id: {}}}, supported_sync_modes: null},
  sync_mode: 'incremental',
  destination_sync_mode: 'append',
  cursor_field: null,
  primary_key: null,
  sync_id: null,
  ...given,
});
const catalog = (...streams: object[]) => parseCatalog('c.json', JSON.stringify({streams}));

describe('files', () => {
  test('a BOM is skipped, UTF-16 is read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'input-'));
    writeFileSync(join(folder, 'bom.json'), '\ufeff{"é":1}');
    writeFileSync(join(folder, '16.json'), Buffer.from('\ufeff{"é":1}', 'utf16le'));
    expect(await readInput('config', join(folder, 'bom.json'))).toBe('{"é":1}');
    expect(await readInput('config', join(folder, '16.json'))).toBe('{"é":1}');
    await expect(readInput('catalog', join(folder, 'none.json'))).rejects.toThrow(
      /--catalog .*none\.json: no such file/,
    );
    await expect(readInput('state', folder)).rejects.toThrow(/is a directory/);
  });
});

describe('parseCatalog', () => {
  test('every optional field may be null', () => {
    expect(catalog(stream())).toEqual([
      {stream: {name: 'a'}, mode: 'incremental', overwrite: false, syncId: undefined, fields: ['id']},
    ]);
  });

  test('overwrite, sync_id and the namespace as given', () => {
    const [first] = catalog(
      stream({stream: {name: 'a', namespace: ''}, destination_sync_mode: 'overwrite_dedup', sync_id: 41}),
    );
    expect(first).toEqual({
      stream: {name: 'a', namespace: ''},
      mode: 'incremental',
      overwrite: true,
      syncId: 41,
      fields: undefined,
    });
    for (const none of [0, 1, null, '41']) expect(catalog(stream({sync_id: none}))[0]?.syncId).toBeUndefined();
    expect(catalog(stream({sync_id: 2}))[0]?.syncId).toBe(2);
    expect(catalog(stream({destination_sync_mode: 'INVALID'}))[0]?.overwrite).toBe(false);
  });

  test.each([
    [{sync_mode: 'INVALID'}, /streams\[0\]\.sync_mode: "INVALID" is not a sync mode/],
    [{sync_mode: null}, /sync_mode: none is not/],
    [{sync_mode: 7}, /sync_mode: this value is not/],
    [{stream: null}, /streams\[0\]: no object "stream" \(\{"streams": \[/],
    [
      {stream: null, json_schema: {}},
      /streams\[0\]: no object "stream"; this is the catalog of discover, and read takes/,
    ],
    [{stream: {name: null}}, /streams\[0\]\.stream: no "name"/],
    [{stream: {name: 'a', namespace: 3}}, /namespace/],
  ])('%j is refused', (given, message) => {
    expect(() => catalog(stream(given))).toThrow(message);
  });

  test.each([
    ['', /the file is empty/],
    ['{', /not JSON/],
    ['[]', /no list "streams"/],
    ['{"streams":{}}', /no list "streams"/],
    ['null', /no list "streams"/],
    [JSON.stringify({streams: [stream(), stream()]}), /configured twice/],
  ])('the file %j is refused', (text, message) => {
    expect(() => parseCatalog('c.json', text)).toThrow(ConnectorError);
    expect(() => parseCatalog('c.json', text)).toThrow(message);
  });
});

describe('parseState', () => {
  const one = {type: 'STREAM', stream: {stream_descriptor: {name: 'a', namespace: null}, stream_state: {v: 1}}};
  const given = (value: unknown) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
    return Object.fromEntries([...parseState('s.json', text).states].map(([key, {state}]) => [key, {...state}]));
  };

  test.each([
    ['an array', [one]],
    ['one bare message', one],
    ['wrapped in STATE', [{type: 'STATE', state: one}]],
    ['one wrapped message', {type: 'STATE', state: one}],
    ['without a type', [{stream: one.stream}]],
    ['with explicit nulls', [{...one, type: null, global: null, data: null, sourceStats: null}]],
    ['the inner object alone', one.stream],
    ['GLOBAL', [{type: 'GLOBAL', global: {shared_state: null, stream_states: [one.stream]}}]],
    ['lines as they were printed', `${JSON.stringify({type: 'STATE', state: one})}\n${JSON.stringify(one)}\n`],
    ['the last one counts', [{...one, stream: {...one.stream, stream_state: {v: 0}}}, one]],
  ])('%s', (_, value) => {
    expect(given(value)).toEqual({a: {v: 1}});
  });

  test.each([
    ['an empty file', ' \n'],
    ['null', 'null'],
    ['[]', []],
    ['{}', {}],
    ['an empty LEGACY state', [{type: 'LEGACY', data: {}}]],
    ['a null stream_state', [{...one, stream: {...one.stream, stream_state: null}}]],
    ['an empty stream_state', [{...one, stream: {...one.stream, stream_state: {}}}]],
    ['no stream_state', [{...one, stream: {stream_descriptor: {name: 'a'}}}]],
    ['a null element', [null]],
  ])('%s is no state', (_, value) => {
    expect(given(value)).toEqual({});
  });

  test('numbers keep their digits', () => {
    const text = JSON.stringify([one]).replace('"v":1', '"v":1,"cursor":{"id":9007199254740993}');
    const state = parseState('s.json', text).states.get('a')?.state;
    expect(state?.['cursor']).toEqual({id: new ExactNumber('9007199254740993')});
  });

  test('streams are found by name and namespace, null and "" are the same', () => {
    const named = (namespace: string) => [{...one, stream: {...one.stream, stream_descriptor: {name: 'a', namespace}}}];
    expect(Object.keys(given(named('')))).toEqual([keyOf({name: 'a'})]);
    expect(Object.keys(given(named('x')))).toEqual([keyOf({name: 'a', namespace: 'x'})]);
  });

  test('a shared state is set aside with a notice', () => {
    const {notices} = parseState(
      's.json',
      JSON.stringify([{type: 'GLOBAL', global: {shared_state: {x: 1}, stream_states: null}}]),
    );
    expect(notices).toEqual(['--state s.json: the shared state of all streams is ignored']);
  });

  test.each([
    ['{"type":"LEGACY","data":{"a":1}}', /LEGACY/],
    ['{"data":{"a":1}}', /LEGACY/],
    ['{"updated_at":"2026"}', /no Airbyte state/],
    ['[3]', /must hold STATE messages/],
    ['{"type":"STREAM","stream":{"stream_state":{}}}', /stream_descriptor\.name/],
    ['[{"stream":{"stream_descriptor":{"name":"a"},"stream_state":[1]}}]', /the state of a is no object/],
    ['{"a":', /not JSON/],
    ['text\nmore', /not JSON/],
  ])('%s is refused', (text, message) => {
    expect(() => parseState('s.json', text)).toThrow(message);
  });
});
