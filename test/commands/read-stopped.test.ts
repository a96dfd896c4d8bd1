import {describe, expect, test} from 'vitest';
import {type Sink, StdoutClosed} from '../../src/airbyte/stdout.js';
import {batchOf} from '../airbyte/collect.js';
import {FakeClock} from '../support/fake-clock.js';
import {expectSoundRead} from '../support/protocol.js';
import {end, events, page, type Script, setUp, state} from './scripted-read.js';

describe('stopping', () => {
  test('a signal in the middle of a page request: the last STATE, no status, nothing more', async () => {
    const stop = new AbortController();
    const {run, messages} = setUp(
      {
        a: () =>
          events(
            page(1),
            state(1),
            page(2),
            state(2),
            () => stop.abort(),
            () => new Promise(() => undefined),
          ),
        b: () => events(page(1), state(5), () => new Promise(() => undefined)),
      },
      {signal: stop.signal},
    );
    expect(await run()).toBe(false);
    const seen = await messages();
    expectSoundRead(seen, ['a', 'b'], 'stopped');
    expect(seen.statuses()).toEqual(['STARTED', 'STARTED', 'RUNNING', 'RUNNING']);
    expect([seen.states('a').at(-1), seen.states('b').at(-1)]).toEqual([
      {v: 1, cursor: {id: 2}},
      {v: 1, cursor: {id: 5}},
    ]);
    expect(seen.errors()).toEqual([]);
  });

  test('a closed stdout ends the read and stops the streams', async () => {
    let returned = false;
    const sink: Sink = {write: (_bytes, done) => setImmediate(() => done(new Error('EPIPE')))};
    const endless: Script = async function* () {
      try {
        for (let id = 0; ; id++) {
          yield {
            type: 'records',
            batch: batchOf(Array.from({length: 500}, () => `{"id":${id},"t":"${'x'.repeat(300)}"}`)),
          };
        }
      } finally {
        returned = true;
      }
    };
    const {run} = setUp({a: endless}, {sink});
    await expect(run()).rejects.toThrow(StdoutClosed);
    await new Promise((resolve) => setImmediate(resolve));
    expect(returned).toBe(true);
  });
});

describe('the heartbeat', () => {
  const turns = async (count: number) => {
    for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
  };

  test('after ten minutes of silence the latest checkpoint, then its last STATE again', async () => {
    const clock = new FakeClock({auto: false});
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const {run, messages, text} = setUp(
      {a: () => events(page(1), state(1), () => held, state(2, true), end())},
      {clock, alarm: clock},
    );
    const running = run();
    await turns(10);
    expect(text()).not.toContain('"STATE"');
    clock.advance(600_000);
    await turns(10);
    expect(text().match(/"STATE"/g)).toHaveLength(1);
    clock.advance(599_000);
    await turns(10);
    expect(text().match(/"STATE"/g)).toHaveLength(1);
    clock.advance(1_000);
    await turns(10);
    expect(text().match(/"STATE"/g)).toHaveLength(2);
    release();
    expect(await running).toBe(true);
    const seen = await messages();
    expectSoundRead(seen, ['a']);
    expect(seen.stateMessages('a').map(({state: {sourceStats}}) => sourceStats.recordCount)).toEqual([1, 0, 0]);
  });

  test('before the first checkpoint the state the stream starts from', async () => {
    const clock = new FakeClock({auto: false});
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const {run, messages} = setUp(
      {a: () => events(() => held, state(2, true), end())},
      {clock, alarm: clock, given: {a: {v: 1, cursor: {id: 1}}}},
    );
    const running = run();
    await turns(10);
    clock.advance(600_000);
    await turns(10);
    release();
    await running;
    expect((await messages()).states('a')).toEqual([
      {v: 1, cursor: {id: 1}},
      {v: 1, done: {at: 2}},
    ]);
  });
});
