import {describe, expect, test} from 'vitest';
import {configError, transientError} from '../../src/errors.js';
import type {StreamEvent} from '../../src/stream/stream-plan.js';
import {FakeClock} from '../support/fake-clock.js';
import {expectSoundRead} from '../support/protocol.js';
import {end, events, page, planOf, setUp, state} from './scripted-read.js';

describe('a stream', () => {
  test('STARTED, RUNNING, records, its last STATE, a summary, COMPLETE', async () => {
    const {run, messages} = setUp({a: () => events(page(1, 2), state(2), page(3), state(3), state(4, true), end())});
    expect(await run()).toBe(true);
    const seen = await messages();
    expectSoundRead(seen, ['a']);
    expect(seen.statuses('a')).toEqual(['STARTED', 'RUNNING', 'COMPLETE']);
    expect(seen.states('a')).toEqual([{v: 1, done: {at: 4}}]);
    expect(seen.logs('INFO')).toEqual([
      'a: 3 records, 2 pages, 2 requests, 1 retry, waited 1.5 s, 2.0 kB; ended: empty page',
    ]);
  });

  test('an empty stream has all of it too', async () => {
    const {run, messages} = setUp({a: () => events(state(0, true), end())});
    expect(await run()).toBe(true);
    const seen = await messages();
    expectSoundRead(seen, ['a']);
    expect(seen.stateMessages('a').map(({state: {sourceStats}}) => sourceStats.recordCount)).toEqual([0]);
  });

  test('checkpoints are printed once a minute, of large states once in ten', async () => {
    const clock = new FakeClock({auto: false});
    const pass = (ms: number) => () => {
      clock.time += ms;
    };
    const large = (at: number): StreamEvent => ({
      type: 'checkpoint',
      state: {v: 1, known: 'x'.repeat(100_001), at},
      final: false,
    });
    const {run, messages} = setUp(
      {
        a: () =>
          events(
            ...[page(1), state(1), pass(59_000), page(2), state(2), pass(1_000), page(3), state(3)],
            ...[pass(30_000), page(4), state(4), pass(30_000), page(5), large(5)],
            ...[pass(599_000), page(6), large(6), pass(1_000), page(7), large(7), page(8), state(9, true), end()],
          ),
      },
      {clock},
    );
    expect(await run()).toBe(true);
    const seen = await messages();
    expectSoundRead(seen, ['a']);
    expect(seen.states('a').map(({cursor, at, done}) => cursor ?? at ?? done)).toEqual([{id: 3}, 5, 7, {at: 9}]);
  });

  test('an interval of 0 prints every checkpoint', async () => {
    const {run, messages} = setUp(
      {a: () => events(page(1), state(1), page(2), state(2), state(3, true), end())},
      {interval: 0},
    );
    await run();
    expect((await messages()).states('a')).toHaveLength(3);
  });

  test('a wait: STATE, RATE_LIMITED until then, afterwards a plain RUNNING although the next page is empty', async () => {
    const {run, messages, clock} = setUp({
      a: () => events(page(1), state(1), {type: 'waiting', until: clock.now() + 5_000}, state(2, true), end()),
    });
    await run();
    const seen = await messages();
    expectSoundRead(seen, ['a']);
    expect(seen.statuses('a')).toEqual(['STARTED', 'RUNNING', 'RATE_LIMITED', 'RUNNING', 'COMPLETE']);
    expect(seen.statusTraces('a')[2]?.reasons?.[0]?.rate_limited.quota_reset).toBe(clock.now() + 5_000);
    const types = seen.all.map((message) =>
      message.type === 'TRACE' && message.trace.type === 'STREAM_STATUS'
        ? message.trace.stream_status.status
        : message.type,
    );
    expect(types.slice(2, 5)).toEqual(['RECORD', 'STATE', 'RUNNING']);
  });

  test('a warning names the fields that the configured schema lacks', async () => {
    const {run, messages} = setUp({a: () => events(page(1), state(1, true), end())}, {fields: ['name']});
    await run();
    expect((await messages()).logs('WARN')).toEqual([expect.stringMatching(/a: the configured schema lacks id: /)]);
  });
});

describe('failures', () => {
  test('of one stream: INCOMPLETE with its last checkpoint, one TRACE ERROR, the others go on', async () => {
    const {run, messages} = setUp({
      a: () => events(page(1), state(1), page(2), transientError('503')),
      b: () => events(page(1), state(1, true), end()),
    });
    expect(await run()).toBe(false);
    const seen = await messages();
    expectSoundRead(seen, ['a', 'b']);
    expect(seen.statuses('a').at(-1)).toBe('INCOMPLETE');
    expect(seen.states('a')).toEqual([{v: 1, cursor: {id: 1}}]);
    expect(seen.statuses('b').at(-1)).toBe('COMPLETE');
    expect(seen.errors()).toEqual([{message: '503', failure_type: 'transient_error', stream_descriptor: {name: 'a'}}]);
    expect(seen.logs('ERROR')).toEqual(['a failed: 503']);
  });

  test('config_errors wait for the others, so that the first TRACE ERROR is one that a retry can help', async () => {
    const {run, messages} = setUp({
      a: () => events(configError('404')),
      b: () => events(() => new Promise((resolve) => setImmediate(resolve)), transientError('503')),
      c: () => events(configError('403')),
    });
    expect(await run()).toBe(false);
    const seen = await messages();
    expectSoundRead(seen, ['a', 'b', 'c']);
    expect(seen.errors().map(({message, failure_type}) => `${failure_type} ${message}`)).toEqual([
      'transient_error 503',
      'config_error 404',
      'config_error 403',
      'transient_error 3 of 3 streams failed: a, c, b',
    ]);
    expect(seen.errors()[3]).not.toHaveProperty('stream_descriptor');
  });

  test('before the first checkpoint the state is the one the stream started from', async () => {
    const given = {v: 1, cursor: {id: 7}};
    const {run, messages} = setUp({a: () => events(page(1), transientError('down'))}, {given: {a: given}});
    await run();
    const seen = await messages();
    expectSoundRead(seen, ['a']);
    expect(seen.states('a')).toEqual([given]);
  });

  test('streams that the configuration does not have, or hides, are config_errors that say so', async () => {
    const plans = new Map([
      ['hidden', planOf('hidden', {selected: false})],
      ['b', planOf('b')],
    ]);
    const {run, messages} = setUp(
      {gone: () => events(end()), hidden: () => events(end()), b: () => events(state(1, true), end())},
      {plans},
    );
    expect(await run()).toBe(false);
    const seen = await messages();
    expectSoundRead(seen, ['gone', 'hidden', 'b']);
    expect(seen.statuses('b').at(-1)).toBe('COMPLETE');
    expect(seen.errors().map(({message}) => message)).toEqual([
      expect.stringMatching(/no resource gone, only b/),
      expect.stringMatching(/hidden has selected: false/),
      '2 of 3 streams failed: gone, hidden',
    ]);
  });

  test('a bug in a stream is a system_error of that stream', async () => {
    const {run, messages} = setUp({a: () => events(new TypeError('x is undefined'))});
    expect(await run()).toBe(false);
    expect((await messages()).errors()[0]).toMatchObject({
      failure_type: 'system_error',
      message: 'internal error: x is undefined',
    });
  });
});
