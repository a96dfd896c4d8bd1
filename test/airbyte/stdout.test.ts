import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {type Sink, Stdout, StdoutClosed} from '../../src/airbyte/stdout.js';
import {batchOf, collector} from './collect.js';

const around = (tally = {records: 0}, suffix?: string) => ({
  head: Buffer.from('<'),
  suffix: suffix === undefined ? undefined : Buffer.from(suffix),
  tail: Buffer.from('>\n'),
  tally,
});

describe('Stdout', () => {
  test('writes records as they came, between head and tail, and counts them', async () => {
    const {sink, text} = collector();
    const stdout = new Stdout(sink);
    const tally = {records: 0};
    await stdout.records(batchOf(['{"id": 1.10}', '{"é":"\u2028"}']), 0, 2, around(tally));
    await stdout.flush();
    expect(text()).toBe('<{"id": 1.10}>\n<{"é":"\u2028"}>\n');
    expect(tally.records).toBe(2);
  });

  test('puts a suffix before the final brace, without its comma in an empty object', async () => {
    const {sink, text} = collector();
    const stdout = new Stdout(sink);
    await stdout.records(batchOf(['{"id":1}', '{ }', '{}', '{"id":2 }']), 0, 4, around({records: 0}, ',"_p":7'));
    await stdout.flush();
    expect(
      text()
        .split('\n')
        .map((line) => line.slice(1, -1))
        .slice(0, 4)
        .map((line) => JSON.parse(line)),
    ).toEqual([{id: 1, _p: 7}, {_p: 7}, {_p: 7}, {id: 2, _p: 7}]);
  });

  test('passes over empty objects, which hosts drop after counting them', async () => {
    const {sink, text} = collector();
    const stdout = new Stdout(sink);
    const tally = {records: 0};
    await stdout.records(batchOf(['{}', '{  }', '{"a":{}}']), 0, 3, around(tally));
    await stdout.flush();
    expect(text()).toBe('<{"a":{}}>\n');
    expect(tally.records).toBe(1);
  });

  test('lines of any size, in any mixture, arrive whole and in order', async () => {
    const size = fc.oneof(fc.integer({min: 1, max: 300}), fc.integer({min: 60_000, max: 140_000}));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), size, fc.boolean()), {maxLength: 30}), async (steps) => {
        const {sink, text} = collector();
        const stdout = new Stdout(sink);
        const expected: string[] = [];
        const done: Promise<void>[] = [];
        for (const [isRecord, length, suffixed] of steps) {
          const json = `{"a":"${'x'.repeat(length)}"}`;
          if (isRecord) {
            done.push(
              stdout.records(batchOf([json, json]), 0, 2, around({records: 0}, suffixed ? ',"b":1' : undefined)),
            );
            const line = suffixed ? `<${json.slice(0, -1)},"b":1}>` : `<${json}>`;
            expected.push(line, line);
          } else {
            done.push(stdout.line(() => json));
            expected.push(json);
          }
        }
        await Promise.all(done);
        await stdout.flush();
        expect(text() === expected.map((line) => `${line}\n`).join('')).toBe(true);
      }),
      {numRuns: 40},
    );
  });

  test('a reader that takes its time stops the writer after two buffers', async () => {
    const release: (() => void)[] = [];
    let taken = 0;
    const slow: Sink = {
      write(bytes, done) {
        taken += bytes.length;
        release.push(done);
      },
    };
    const stdout = new Stdout(slow);
    const page = batchOf(Array.from({length: 1_000}, (_, id) => `{"id":${id},"text":"${'x'.repeat(400)}"}`));
    let finished = false;
    const writing = stdout.records(page, 0, page.count, around()).then(() => {
      finished = true;
    });
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(finished).toBe(false);
    expect(taken).toBeLessThan(70_000);
    expect(release).toHaveLength(1);
    const pump = setInterval(() => release.shift()?.(), 0);
    await writing;
    await stdout.flush();
    clearInterval(pump);
    expect(taken).toBeGreaterThan(400_000);
  });

  test('what is buffered leaves by itself when nothing follows', async () => {
    const {sink, text} = collector();
    const stdout = new Stdout(sink);
    await stdout.line(() => 'one');
    expect(text()).toBe('');
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(text()).toBe('one\n');
  });

  test('a closed reader fails every later write', async () => {
    const closed: Sink = {write: (_bytes, done) => setImmediate(() => done(new Error('write EPIPE')))};
    const stdout = new Stdout(closed);
    await stdout.line(() => 'lost');
    await expect(stdout.flush()).rejects.toThrow(StdoutClosed);
    await expect(stdout.line(() => 'more')).rejects.toThrow(StdoutClosed);
    await expect(stdout.records(batchOf(['{"a":1}']), 0, 1, around())).rejects.toThrow(StdoutClosed);
  });
});
