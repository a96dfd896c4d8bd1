import {join} from 'node:path';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {Application} from '../../src/destinations/apply.js';
import type {StreamSink} from '../../src/destinations/destination.js';
import type {Message} from '../../src/destinations/message.js';
import {FakeClock} from '../support/fake-clock.js';
import {apply, catalog, chunks, folder, query, record, state, status} from './support.js';

/** Keeps what a sink is told, in order. */
function recorder() {
  const told: string[] = [];
  const sink: StreamSink = {
    counts: {rows: 0, new: 0, changed: 0},
    busy: undefined,
    write: (bytes, start, end) => {
      const close = bytes.lastIndexOf('}}', end - 1);
      told.push(bytes.toString('utf8', start, close));
      return close;
    },
    commit: async (text) => void told.push(`commit ${text ?? '-'}`),
    complete: async () => void told.push('complete'),
    abandon: async () => void told.push('abandon'),
  };
  return {told, sinks: new Map([['rows', sink]])};
}

async function run(lines: readonly string[], options: {clock?: FakeClock; limit?: number; chunk?: number} = {}) {
  const {told, sinks} = recorder();
  const echoed: string[] = [];
  const heard: Message[] = [];
  const limited: string[] = [];
  const application = new Application({
    input: chunks(lines, options.chunk),
    sinks,
    clock: options.clock ?? new FakeClock(),
    committed: (line) => void echoed.push(line.toString('utf8')),
    heard: (message) => void heard.push(message),
    limited: (stream) => void limited.push(stream),
    ...(options.limit === undefined ? {} : {limit: options.limit}),
  });
  await application.run();
  return {told, echoed, heard, limited, streams: application.streams};
}

test('lines are the same however the bytes are cut', async () => {
  const lines = [
    status('STARTED'),
    record('{"a":"é😀\\n"}'),
    record(`{"a":"${'x'.repeat(300)}"}`),
    state({n: 1}),
    record('{"a":2}'),
    status('COMPLETE'),
  ];
  const whole = (await run(lines)).told;
  expect(whole).toHaveLength(6);
  await fc.assert(
    fc.asyncProperty(fc.integer({min: 1, max: 400}), async (chunk) => {
      expect((await run(lines, {chunk})).told).toEqual(whole);
    }),
    {numRuns: 30},
  );
});

describe('states', () => {
  test('are echoed byte for byte, after what they cover is committed', async () => {
    const odd =
      '{ "type":"STATE", "state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"rows"},"stream_state":{"n":12345678901234567890}}}, "id":7 }';
    const {told, echoed} = await run([record('{"a":1}'), odd, status('COMPLETE')]);
    expect(told).toEqual(['{"a":1}', 'commit {"n":12345678901234567890}', 'complete']);
    expect(echoed).toEqual([odd]);
  });

  test('that come within a second are committed with the next one, and all are echoed', async () => {
    const lines = [
      record('{"a":1}'),
      state({n: 1}),
      record('{"a":2}'),
      state({n: 2}),
      record('{"a":3}'),
      state({n: 3}),
    ];
    const {told, echoed} = await run([...lines, status('COMPLETE')]);
    expect(told).toEqual(['{"a":1}', 'commit {"n":1}', '{"a":2}', '{"a":3}', 'commit {"n":3}', 'complete']);
    expect(echoed).toEqual([lines[1], lines[3], lines[5]]);
  });

  test('wait for nine times what the last commit took, a minute at most', async () => {
    const at = async (commit: number, pause: number) => {
      const clock = new FakeClock();
      const {sinks} = recorder();
      const commits: number[] = [];
      const began = clock.time;
      for (const sink of sinks.values()) {
        sink.commit = async () => {
          commits.push(clock.time - began);
          clock.advance(commit);
        };
      }
      async function* input() {
        for (let n = 0; n < 100; n++) {
          yield Buffer.from(`${record('{"a":1}')}\n${state({n})}\n`);
          clock.advance(pause);
        }
      }
      await new Application({input: input(), sinks, clock}).run();
      return commits.slice(0, 3);
    };
    expect(await at(0, 400)).toEqual([0, 1_200, 2_400]);
    expect(await at(300, 400)).toEqual([0, 300 + 2_800, 3_400 + 2_800]);
    expect(await at(20_000, 7_000)).toEqual([0, 20_000 + 63_000, 103_000 + 63_000]);
  });

  test('that wait are committed where the source waits or the input ends', async () => {
    const waiting = status('RUNNING').replace(
      '}}}',
      ',"reasons":[{"type":"RATE_LIMITED","rate_limited":{"quota_reset":1}}]}}}',
    );
    const {told} = await run([
      state({n: 1}),
      record('{"a":1}'),
      state({n: 2}),
      waiting,
      record('{"a":2}'),
      state({n: 3}),
    ]);
    expect(told).toEqual(['commit {"n":1}', '{"a":1}', 'commit {"n":2}', '{"a":2}', 'commit {"n":3}', 'abandon']);
  });

  test('that wait are not committed when rows came behind them', async () => {
    const {told, echoed} = await run([state({n: 1}), record('{"a":1}'), state({n: 2}), record('{"a":2}')]);
    expect(told).toEqual(['commit {"n":1}', '{"a":1}', '{"a":2}', 'abandon']);
    expect(echoed).toEqual([state({n: 1})]);
  });

  test('without a stream (GLOBAL, LEGACY) cover all streams', async () => {
    const line = '{"type":"STATE","state":{"type":"GLOBAL","global":{"stream_states":[]}}}';
    const {told, echoed} = await run([record('{"a":1}'), line]);
    expect(told).toEqual(['{"a":1}', 'commit -', 'abandon']);
    expect(echoed).toEqual([line]);
  });
});

describe('lines of other sources', () => {
  test('spaces, other orders, members behind the data, CRLF, no last line feed', async () => {
    const into = join(folder(), 'x.duckdb');
    await apply(into, catalog({}), [
      'starting up',
      '',
      '{"type": "RECORD", "record": {"stream": "rows", "data": {"a": 1, "b": "}}"}, "emitted_at": 1767225600000}}',
      '{"record":{"data":{"a":2},"emitted_at":1767225601000,"namespace":null,"stream":"rows"},"type":"RECORD"}\r',
      '{"type":"RECORD","record":{"stream":"rows","emitted_at":1767225602000.5,"data":{"a":3},"meta":{"changes":[]}}}',
      '{"type":"RECORD","record":{"stream":"rows","emitted_at":1767225602000.5,"data":{"a":4},"meta":{"changes":[]}}}',
      '{"type":"SOMETHING","new":true}',
      status('COMPLETE'),
    ]);
    expect(await query(into, `SELECT a, b, epoch_ms(_airbyte_extracted_at) FROM rows ORDER BY a`)).toEqual([
      ['1', '}}', '1767225600000'],
      ['2', null, '1767225601000'],
      ['3', null, '1767225602000'],
      ['4', null, '1767225602000'],
    ]);
  });

  test.each([
    ['{"type":"RECORD","record":{"stream":"rows","data":{"a":01}}}', 'line 2 of the input is broken JSON'],
    ['{"type":"RECORD","record":{"stream":"rows","data":{"a":1}', 'line 2 of the input is broken JSON'],
    [
      '{"type":"RECORD","record":{"stream":"rows","data":[1]}}',
      'line 2 of the input is a RECORD without stream and data',
    ],
    ['{"type":"RECORD","record":{"stream":"other","data":{"a":1}}}', 'a record of other, which is not in the catalog'],
  ])('%s is refused', async (line, message) => {
    const into = join(folder(), 'x.duckdb');
    await expect(apply(into, catalog({}), [record('{"a":1}'), line])).rejects.toThrow(message);
    expect(await query(into, 'SELECT count(*) FROM rows')).toEqual([['0']]);
  });
});

test('a limit ends a stream for itself: what follows does not count, nor its states', async () => {
  const {told, limited, streams, echoed} = await run(
    [record('{"a":1}'), record('{"a":2}'), record('{"a":3}'), state({n: 3}), status('COMPLETE')],
    {limit: 2},
  );
  expect(told).toEqual(['{"a":1}', '{"a":2}', 'complete']);
  expect(limited).toEqual(['rows']);
  expect(echoed).toEqual([]);
  expect(streams.get('rows')).toMatchObject({rows: 2, status: 'limited'});
});

test('other messages are heard as they are', async () => {
  const {heard} = await run([
    '{"type":"LOG","log":{"level":"WARN","message":"careful"}}',
    '{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":"no","failure_type":"config_error","stream_descriptor":{"name":"rows"}}}}',
    '{"type":"TRACE","trace":{"type":"ANALYTICS","emitted_at":1,"analytics":{"type":"t","value":"v"}}}',
    '{"type":"CONTROL","control":{"type":"CONNECTOR_CONFIG","emitted_at":1,"connectorConfig":{"config":{"n":1.10}}}}',
    '{"type":"TRACE","trace":{"type":"ESTIMATE"}}',
  ]);
  expect(heard).toEqual([
    {type: 'LOG', level: 'WARN', message: 'careful'},
    {type: 'ERROR', message: 'no', failure: 'config_error', stream: {name: 'rows', namespace: undefined}},
    {type: 'ANALYTICS', name: 't', value: 'v'},
    {type: 'CONTROL', config: '{"n":1.10}'},
    {type: 'OTHER'},
  ]);
});
