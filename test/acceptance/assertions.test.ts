import {Ajv} from 'ajv';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {AirbyteStream, StateMessage} from '../../src/airbyte/protocol.generated.js';
import type {Api} from '../support/api-server.js';
import {expectSoundCatalog, expectSoundRead, type Messages} from '../support/protocol.js';
import {type Ended, runCli} from '../support/run-cli.js';
import {cases} from './configurations.js';
import {endOf, failed, fine} from './ends.js';

// Airbyte's connector acceptance tests as their source has them, numbered as the list of 42 in the reference. Those of the
// specification are in assertions-spec.test.ts, that of the image (15) is scripts/check-image.sh.

const streamsOf = (messages: Messages): readonly AirbyteStream[] =>
  messages.all.flatMap((message) => (message.type === 'CATALOG' ? message.catalog.streams : []));

/** As pydantic writes it: the cursor is the default one, the key the source's, and null stands for the rest. */
const catalogOf = (streams: readonly AirbyteStream[], mode: (stream: AirbyteStream) => string): object => ({
  streams: streams.map((stream) => ({
    stream: {...stream, namespace: null, default_cursor_field: stream.default_cursor_field ?? null},
    sync_mode: mode(stream),
    destination_sync_mode: 'append',
    cursor_field: stream.default_cursor_field ?? null,
    primary_key: stream.source_defined_primary_key ?? null,
    generation_id: null,
    minimum_generation_id: null,
    sync_id: null,
  })),
});

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((found, name) => Object.getOwnPropertyDescriptor(Object(found), name)?.value, value);
const propertyOf = (stream: AirbyteStream, path: readonly string[]): unknown =>
  at(
    stream.json_schema,
    path.flatMap((name) => ['properties', name]),
  );

describe.each(cases)('$name', (subject) => {
  let api: Api;
  let check: Ended;
  let refused: Ended;
  let discover: Ended;
  let again: Ended;
  let basic: Ended;
  let full: Ended;
  let streams: readonly AirbyteStream[];

  const run = (args: readonly (string | object)[]): Promise<Ended> =>
    runCli([args[0] ?? '', '--config', subject.config(api.url), ...args.slice(1)], {
      environment: {CHECKPOINT_INTERVAL_SECONDS: '0'},
    });

  beforeAll(async () => {
    api = await subject.start();
    [check, refused, discover, again] = await Promise.all([
      run(['check']),
      runCli(['check', '--config', subject.invalid(api.url)]),
      run(['discover']),
      run(['discover']),
    ]);
    streams = streamsOf(discover.messages);
    basic = await run(['read', '--catalog', catalogOf(streams, (stream) => stream.supported_sync_modes[0])]);
    full = await run(['read', '--catalog', catalogOf(streams, () => 'full_refresh')]);
  });
  afterAll(() => api.close());

  test('16 a good configuration: exactly one SUCCEEDED', () => {
    expect(endOf(check)).toEqual(fine);
    expect(check.messages.answers()).toEqual([{type: 'CONNECTION_STATUS', connectionStatus: {status: 'SUCCEEDED'}}]);
  });

  test('17 a bad one: exactly one FAILED', () => {
    expect(endOf(refused)).toEqual(fine);
    expect(refused.messages.answers()).toMatchObject([{connectionStatus: {status: 'FAILED'}}]);
  });

  test('18 what check cannot say is exactly one TRACE with a message', async () => {
    const down = subject.config('http://127.0.0.1:1');
    const text = JSON.stringify(down);
    const config = JSON.parse(
      'config' in down
        ? text.replace('http://127.0.0.1:1', 'http://127.0.0.1:1\\n  retry: {max_retries: 0}')
        : text.replace('"client":{', '"client":{"retry":{"max_retries":0},'),
    );
    const {messages, ...ended} = await runCli(['check', '--config', config]);
    expect(endOf({...ended, messages})).toEqual(failed);
    expect(messages.answers()).toEqual([]);
    expect(messages.errors()).toMatchObject([{message: expect.stringMatching(/./), failure_type: 'transient_error'}]);
  });

  test('19 one catalog, not empty, with unique names', () => {
    expect(endOf(discover)).toEqual(fine);
    expect(discover.messages.answers()).toHaveLength(1);
    expectSoundCatalog(discover.messages);
    expect(streams.map(({name}) => name)).toEqual(subject.streams);
  });

  test('20 schemas of Draft 7 without $ref, allOf, not; additionalProperties is true', () => {
    for (const {json_schema} of streams) {
      const text = JSON.stringify(json_schema);
      expect(text).not.toMatch(/"\$ref":|"allOf":|"not":|"additionalProperties":[^t]/);
      expect(new Ajv({strict: false, validateFormats: false}).validateSchema({...json_schema})).toBe(true);
    }
  });

  test('21, 22 the cursor and the key stand in the schema, and the key is scalar', () => {
    for (const stream of streams) {
      if (stream.default_cursor_field !== undefined)
        expect(propertyOf(stream, stream.default_cursor_field)).toBeDefined();
      for (const path of stream.source_defined_primary_key ?? []) {
        expect(JSON.stringify(at(propertyOf(stream, path), ['type']))).toMatch(/^(?!.*(object|array))/);
      }
    }
  });

  test('23, 24 every stream has sync modes; the next discover says the same', () => {
    for (const stream of streams) expect(stream.supported_sync_modes.length).toBeGreaterThan(0);
    expect(streamsOf(again.messages)).toEqual(streams);
  });

  test('25, 28 every stream has records', () => {
    expect(endOf(basic)).toEqual(fine);
    for (const name of subject.streams) expect([name, basic.messages.records(name).length > 0]).toEqual([name, true]);
  });

  test('26, 27, 33 records fit their schemas, and have no other fields', () => {
    const ajv = new Ajv({
      strict: false,
      formats: {date: /^\d{4}-\d\d-\d\d$/, 'date-time': /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/},
    });
    for (const stream of streams) {
      const fits = ajv.compile({...stream.json_schema});
      const known = Object.keys(Object(at(stream.json_schema, ['properties'])));
      for (const record of basic.messages.records(stream.name)) {
        expect([stream.name, fits(record), fits.errors]).toEqual([stream.name, true, null]);
        expect(known).toEqual(expect.arrayContaining(Object.keys(record)));
      }
    }
  });

  test('29, 41 every record has its key, every stream but the exempt has one', () => {
    for (const {name, source_defined_primary_key: key = []} of streams) {
      expect([name, key.length === 0]).toEqual([name, subject.withoutKey.includes(name)]);
      if (key.length === 0) continue;
      for (const record of basic.messages.records(name)) {
        const values = key.map((path) => at(record, path));
        expect(values.some((value) => value !== null && value !== undefined)).toBe(true);
        for (const value of values) expect(typeof value).not.toBe('object');
      }
    }
  });

  test('30 records are those of the API, once each', () => {
    const again = full.messages.records().map((record) => JSON.stringify(record));
    expect(
      basic.messages
        .records()
        .map((record) => JSON.stringify(record))
        .sort(),
    ).toEqual([...again].sort());
    expect(new Set(again).size).toBe(again.length);
  });

  test('31, 32 statuses and states of every stream', () => {
    expectSoundRead(basic.messages, subject.streams);
    expect(new Set(basic.messages.statusTraces().map(({stream_descriptor}) => stream_descriptor.name))).toEqual(
      new Set(subject.streams),
    );
    for (const name of subject.streams) {
      const statuses = basic.messages.statuses(name);
      expect([statuses[0], statuses.at(-1)]).toEqual(['STARTED', 'COMPLETE']);
      expect(new Set(statuses.slice(1, -1))).toEqual(new Set(['RUNNING']));
      expect(basic.messages.stateMessages(name).length).toBeGreaterThan(0);
    }
  });

  test('34 a stream that is not there, with modes that are not: TRACE ERROR', async () => {
    const [stream] = streams;
    const name = '__AIRBYTE__stream_that_does_not_exist';
    const wrong = {stream: {...stream, name}, sync_mode: 'INVALID', destination_sync_mode: 'INVALID'};
    const bad = await run(['read', '--catalog', {streams: [wrong]}]);
    expect(endOf(bad)).toEqual(failed);
    expect(bad.messages.errors()).toMatchObject([{failure_type: 'config_error'}]);
  });

  test('36 two full refreshes: the second emits after the first, and no less', () => {
    const times = ({messages}: Ended) => messages.recordMessages().map(({record}) => record.emitted_at);
    expect(Math.max(...times(basic))).toBeLessThan(Math.min(...times(full)));
    expect(times(full).length).toBeGreaterThanOrEqual(times(basic).length);
  });

  if (subject.incremental.length === 0) return;

  describe('incremental', () => {
    const mode = ({name}: AirbyteStream) => (subject.incremental.includes(name) ? 'incremental' : 'full_refresh');
    const catalog = (): object =>
      catalogOf(
        streams.filter(({name}) => subject.incremental.includes(name)),
        mode,
      );
    const read = (states: readonly unknown[]) => run(['read', '--catalog', catalog(), '--state', states]);
    let first: Ended;
    beforeAll(async () => {
      first = await read([]);
    });

    test('37 each stream has its cursor', () => {
      for (const stream of streams.filter(({name}) => subject.incremental.includes(name))) {
        expect(stream.supported_sync_modes).toContain('incremental');
        expect(stream.default_cursor_field?.length).toBeGreaterThan(0);
      }
    });

    test('38 the second read, from the last states, brings another set of records', async () => {
      expect(first.messages.records().length).toBeGreaterThan(0);
      const second = await read(JSON.parse(first.messages.stateFile()));
      expect(endOf(second)).toEqual(fine);
      expect(second.messages.records()).not.toEqual(first.messages.records());
    });

    test('39 from any state: at least the records that came after it, and not all', async () => {
      for (const name of subject.incremental) {
        const states = sampled(first.messages.stateMessages(name));
        const reads = await Promise.all(states.map(({state}) => read([state])));
        for (const [index, {after}] of states.entries()) {
          const count = reads[index]?.messages.records(name).length ?? 0;
          expect([name, index, count >= after, count < first.messages.records(name).length]).toEqual([
            name,
            index,
            true,
            true,
          ]);
        }
      }
    });

    test('40 a state in the future: no records, a state, no failure', async () => {
      const states = Object.entries(subject.future).map(([name, stream_state]) => ({
        type: 'STREAM',
        stream: {stream_state, stream_descriptor: {name}},
      }));
      const ahead = await read(states);
      expect(endOf(ahead)).toEqual(fine);
      expect(ahead.messages.records()).toEqual([]);
      expectSoundRead(ahead.messages, subject.incremental);
    });
  });
});

/** As the acceptance tests choose: equal neighbours and those without records left out, neither the first nor the last. */
function sampled(messages: readonly StateMessage[]): {readonly state: StateMessage['state']; readonly after: number}[] {
  const counts = messages.map(({state}) => state.sourceStats.recordCount);
  const all = messages
    .map(({state}, index) => ({
      state,
      own: counts[index] ?? 0,
      after: counts.slice(index + 1).reduce((a, b) => a + b, 0),
    }))
    .filter(({own}) => own > 0)
    .slice(1, -1);
  const step = Math.max(1, Math.ceil(all.length / 2));
  return all.filter((_, index) => index % step === 0);
}
