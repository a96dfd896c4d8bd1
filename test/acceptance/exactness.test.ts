import {beforeAll, describe, expect, test} from 'vitest';
import {type Reply, startApi} from '../support/api-server.js';
import {expectSoundRead, type Messages} from '../support/protocol.js';
import {type Ended, runCli} from '../support/run-cli.js';
import {catalogOf} from './catalog-of.js';
import {endOf, fine} from './ends.js';

const deep = (levels: number): string => `${'['.repeat(levels)}1${']'.repeat(levels)}`;
const utf8 = (body: string | Buffer): Reply => ({headers: {'content-type': 'application/json; charset=utf-8'}, body});
const mebibyte = 1_048_576;

/** A page, and the records as text that must leave; [] and `null` are pages without any. */
const streams: Readonly<Record<string, {readonly page: Reply; readonly records: readonly string[]}>> = {
  numbers: {
    page: utf8(
      '[{"i":12345678901234567890,"d":1.10,"e":1E5,"z":-0,"zz":-0.0,"f":0.1000000000000000055511151231257827}]',
    ),
    records: ['{"i":12345678901234567890,"d":1.10,"e":1E5,"z":-0,"zz":-0.0,"f":0.1000000000000000055511151231257827}'],
  },
  infinite: {page: utf8('[{"id":7,"n":1e400,"m":-1e400}]'), records: ['{"id":7,"n":1e400,"m":-1e400}']},
  no_number: {
    page: utf8('[{"id":NaN,"a":[Infinity,-Infinity,1],"s":"NaN"}]'),
    records: ['{"id":null,"a":[null,null,1],"s":"NaN"}'],
  },
  duplicates: {page: utf8('[{"a":1,"a":2,"\\u0061":3}]'), records: ['{"a":1,"a":2,"\\u0061":3}']},
  prototype: {
    page: utf8('[{"__proto__":{"x":1},"constructor":null,"toString":"t","hasOwnProperty":1}]'),
    records: ['{"__proto__":{"x":1},"constructor":null,"toString":"t","hasOwnProperty":1}'],
  },
  escapes: {
    page: utf8('[{"a":"\\u00e9\\/\\n\\t\\u2028","\\u0062":"\\ud83d\\ude00 😀 é \u2028"}]'),
    records: ['{"a":"\\u00e9\\/\\n\\t\\u2028","\\u0062":"\\ud83d\\ude00 😀 é \u2028"}'],
  },
  pretty: {
    page: utf8('{\r\n  "data": [\n\t{\n "id" :\r\n 1 ,\n "s": "a\\nb"\n}\r\n,\n{"id":2}\n]\n}\n'),
    records: ['{  "id" :   1 ,  "s": "a\\nb" }', '{"id":2}'],
  },
  surrogates: {
    page: utf8('[{"id":1,"s":"\\ud800"},{"id":2,"\\udc00":1}]'),
    records: ['{"id":1,"s":"\\ud800"}', '{"id":2,"\\udc00":1}'],
  },
  depth_1000: {page: utf8(`[{"id":1,"d":${deep(1_000)}}]`), records: ['{"id":1,"d":null}']},
  depth_100000: {page: utf8(`[{"id":1,"d":${deep(100_000)},"e":2}]`), records: ['{"id":1,"d":null,"e":2}']},
  depth_300: {page: utf8(`[{"id":1,"d":${deep(300)}}]`), records: [`{"id":1,"d":${deep(300)}}`]},
  long_number: {page: utf8(`[{"id":1,"n":${'9'.repeat(1_001)}}]`), records: ['{"id":1,"n":null}']},
  eleven_mebibytes: {
    page: utf8(
      `[{"id":1,"small":"s","big":"${'x'.repeat(11 * mebibyte)}"},{"id":2,"big":"${'y'.repeat(9 * mebibyte)}"}]`,
    ),
    records: ['{"id":1,"small":"s","big":null}', `{"id":2,"big":"${'y'.repeat(9 * mebibyte)}"}`],
  },
  empty_and_null: {page: utf8('[{"id":1},{},null,{ },{"id":2}]'), records: ['{"id":1}', '{"id":2}']},
  scalars: {
    page: utf8('[1,"a",true,[2,{"b":3}]]'),
    records: ['{"value":1}', '{"value":"a"}', '{"value":true}', '{"value":[2,{"b":3}]}'],
  },
  falsy: {
    page: utf8('[{"a":0,"b":false,"c":"","d":null,"e":[],"f":{}}]'),
    records: ['{"a":0,"b":false,"c":"","d":null,"e":[],"f":{}}'],
  },
  mark: {page: utf8('\ufeff[{"id":1}]'), records: ['{"id":1}']},
  latin: {
    page: {
      headers: {'content-type': 'application/json; charset=iso-8859-1'},
      body: Buffer.from('[{"n":"Müller"}]', 'latin1'),
    },
    records: ['{"n":"Müller"}'],
  },
  utf16: {page: {headers: {}, body: Buffer.from('\ufeff[{"n":"é😀"}]', 'utf16le')}, records: ['{"n":"é😀"}']},
  unlabelled: {
    page: {headers: {}, body: Buffer.from('[{"n":"M\xfcller"}]', 'latin1')},
    records: ['{"n":"M\ufffdller"}'],
  },
  empty_body: {page: utf8(''), records: []},
  null_body: {page: utf8('null'), records: []},
  no_content: {page: {status: 204}, records: []},
};

let run: Ended;
let messages: Messages;

beforeAll(async () => {
  await using api = await startApi(({path}) => streams[path.slice(1)]?.page ?? {status: 404});
  const names = Object.keys(streams);
  const config = {client: {base_url: api.url, paginator: 'single_page', retry: {max_retries: 0}}, resources: names};
  run = await runCli(['read', '--config', config, '--catalog', catalogOf(names)]);
  messages = run.messages;
});

test('every stream is complete', () => {
  expect(messages.errors()).toEqual([]);
  expect(endOf(run)).toEqual(fine);
  expectSoundRead(messages, Object.keys(streams));
});

test.each(Object.entries(streams))('%s: the records leave as they came', (name, {records}) => {
  const prefix = `{"type":"RECORD","record":{"stream":"${name}",`;
  const lines = messages.lines.filter((line) => line.startsWith(prefix));
  const data = lines.map((line) => line.slice(line.indexOf(',"data":') + ',"data":'.length, -2));
  expect(data.map(short)).toEqual(records.map(short));
  expect(data).toEqual(records);
});

/** A difference that a terminal can show. */
const short = (text: string): string => (text.length < 2_000 ? text : `${text.slice(0, 100)} … ${text.length}`);

describe('what some hosts cannot read', () => {
  const changesOf = (name: string): unknown => messages.recordMessages(name)[0]?.record.meta?.changes;

  test.each(['depth_1000', 'depth_100000', 'long_number'])('%s: the field is null and named', (name) => {
    const field = name === 'long_number' ? 'n' : 'd';
    expect(changesOf(name)).toEqual([{field, change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR'}]);
  });

  test('no line is longer than 10 MiB', () => {
    expect(changesOf('eleven_mebibytes')).toEqual([
      {field: 'big', change: 'NULLED', reason: 'SOURCE_RECORD_SIZE_LIMITATION'},
    ]);
    for (const line of messages.lines) expect(Buffer.byteLength(line)).toBeLessThan(10 * mebibyte);
  });

  test.each([
    ['surrogates', /lone surrogates/],
    ['infinite', /double's range/],
    ['depth_300', /190 levels/],
  ])('%s: one warning with the first record', (name, text) => {
    expect(changesOf(name)).toBeUndefined();
    const warnings = messages.logs('WARN').filter((line) => line.startsWith(`${name}: `) && text.test(line));
    expect(warnings).toHaveLength(1);
  });
});

test('what was altered or left out is said once', () => {
  const said = [...messages.logs('WARN'), ...messages.logs('INFO')];
  const about = (name: string, text: RegExp) => said.filter((line) => line.startsWith(`${name}: `) && text.test(line));
  expect(about('no_number', /NaN|Infinity/i)).toHaveLength(1);
  expect(about('unlabelled', /UTF-8/)).toHaveLength(1);
  expect(about('empty_and_null', /null elements/)).toHaveLength(1);
  expect(about('scalars', /"value"|under value|{value/)).toHaveLength(1);
});
