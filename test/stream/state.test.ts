import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {type Json, type JsonObject, parseExact} from '../../src/json/exact.js';
import {Partitions} from '../../src/stream/partitions.js';
import {keyText, readState, type Saved} from '../../src/stream/state.js';
import {printState} from '../../src/stream/state-print.js';
import {roundTrip} from './reading.js';
import {planOf, Server} from './simulated.js';

const now = Date.UTC(2026, 0, 31);
const server = new Server(() => '{}');
const parent = planOf({name: 'parents', server, path: 'parents'});
const plan = planOf({
  name: 'items',
  server,
  path: 'items/{0}',
  parent,
  bound: ['id', 'name'],
  cursor: {path: '$.updated'},
});

const read = (
  state: JsonObject,
  extra: {mode?: 'full_refresh' | 'incremental'; syncId?: number; overwrite?: boolean} = {},
): Saved =>
  readState({
    plan,
    request: {state, syncId: extra.syncId, overwrite: extra.overwrite ?? false},
    mode: extra.mode ?? 'incremental',
    now,
    note: () => {},
  });

const values: fc.Arbitrary<Json> = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.constantFrom('1502348923749823749', '1.10', '-0.1e-400', '1e400').map((text) => parseExact(text)),
);

const saved = fc.record({
  cursor: values,
  boundary: fc.dictionary(fc.stringMatching(/^[\w-]{11}$/), fc.integer({min: 1, max: 9}), {maxKeys: 4}),
  partitions: fc.array(fc.tuple(values, values, values, fc.option(fc.string(), {nil: undefined})), {maxLength: 4}),
  resume: fc.record({
    parent: fc.tuple(values, values),
    row: fc.string(),
    before: fc.record({count: fc.nat(), hash: fc.nat(), rows: fc.nat()}),
    since: values,
    until: values,
    end: values,
    exact: fc.record({since: fc.constant('2026-01-10T12:30:00.000123Z'), end: fc.constant('2026-01-31T00:00:00.000Z')}),
    seen: values,
    position: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    began: fc.nat(),
  }),
});

describe('state', () => {
  test('what is written is read again, whatever a host made of its numbers', () => {
    fc.assert(
      fc.property(saved, (given) => {
        const partitions = new Map(
          given.partitions.map(([a, b, cursor, digest]) => [
            keyText([a, b]),
            {key: [a, b], cursor, ...(digest !== undefined && {digest})},
          ]),
        );
        const boundary = new Map(Object.entries(given.boundary));
        const snapshot = {
          ...given,
          boundary,
          partitions,
          shared: true,
          known: 'AAAAAAAA',
          parentState: {v: 1},
          done: false,
        };
        const state = printState(snapshot, {plan, mode: 'incremental', syncId: 4, at: now - 1000});
        const back = read(parseExact(JSON.stringify(roundTrip(state))) as JsonObject);
        expect(back.cursor).toEqual(given.cursor);
        expect(back.boundary).toEqual(boundary);
        expect([...back.partitions]).toEqual([...partitions]);
        expect(JSON.stringify(back.resume)).toEqual(JSON.stringify(given.resume, orderOf(back.resume)));
        expect([back.shared, back.known, back.parentState]).toEqual([true, 'AAAAAAAA', {v: 1}]);
      }),
      {numRuns: 100},
    );
  });

  /** Keeps everything; names the members in the order of the reader. */
  const orderOf = (_: unknown) => undefined;

  test.each([
    [{v: 2}, /newer version/],
    [{v: 'x'}, /version/],
    [{v: 1, cursor: {updated: {a: 1}}}, /its cursor updated is/],
    [{v: 1, cursor: 'x'}, /cursor is no object/],
    [{v: 1, boundary: {a: 'x'}, cursor: {updated: 1}}, /boundary/],
    [{v: 1, partitions: {by: ['id', 'name'], path: 'updated', cursors: [[1, 2]]}}, /partitions/],
    [{v: 1, shard: {index: 0, of: 2, by: ['id']}}, /keep the split/],
    [{other: 1}, /Reset the stream/],
  ])('%j is refused', (state, message) => {
    expect(() => read(state as JsonObject)).toThrow(message);
  });

  test.each([[{}], [{v: 1}]])('%j is no state', (state) => {
    expect(read(state)).toMatchObject({cursor: undefined, done: false, shared: false});
  });

  test('cursors of other parents are not used', () => {
    const state = {v: 1, partitions: {by: ['id'], path: 'updated', cursors: [[1, 2]]}};
    expect(read(state).partitions.size).toBe(0);
  });

  test('done counts for its own job and a day', () => {
    const done = (sync: number | undefined, at: number, mode: 'full_refresh' | 'incremental' = 'full_refresh') =>
      read({v: 1, done: {sync_id: 7, at}}, {mode, ...(sync !== undefined && {syncId: sync})}).done;
    expect(done(7, now - 5)).toBe(true);
    expect(done(8, now - 5)).toBe(false);
    expect(done(undefined, now - 5)).toBe(false);
    expect(done(7, now - 86_400_001)).toBe(false);
    expect(done(7, now - 5, 'incremental')).toBe(false);
  });
});

describe('partitions', () => {
  test('a snapshot does not move on', () => {
    const partitions = new Partitions(new Map([['[1]', {key: [1], cursor: 'a'}]]), undefined);
    partitions.record('[1]', {key: [1], cursor: 'b', digest: 'x'});
    const {length} = partitions;
    partitions.record('[1]', {key: [1], cursor: 'c'});
    partitions.record('[2]', undefined);
    expect(partitions.snapshot(length, false, false).get('[1]')).toEqual({key: [1], cursor: 'b', digest: 'x'});
    expect(partitions.snapshot(length, false, true).get('[1]')).toEqual({key: [1], cursor: 'b'});
    expect(partitions.at('[1]')?.cursor).toBe('a');
    expect(partitions.latest('[1]')?.cursor).toBe('c');
  });

  test.each([
    ['the cursors of 10,000 parents', 10_000, 0],
    ['the keys of 100,000 parents with one cursor', 0, 100_000],
  ])('%s are below 1 MB', (_, own, known) => {
    const partitions = new Partitions(new Map(), undefined);
    for (let n = 0; n < own; n++) {
      const key = [`00000000-0000-4000-8000-${String(n).padStart(12, '0')}`];
      partitions.record(keyText(key), {key, cursor: '2026-01-31T09:30:00.000Z', digest: 'abcdefghijklm'});
    }
    for (let n = 0; n < known; n++) partitions.see(`[${n}]`);
    const state = printState(
      {
        cursor: known > 0 ? '2026-01-31T09:30:00.000Z' : undefined,
        boundary: new Map(Array.from({length: 1000}, (__, n) => [`hash${String(n).padStart(7, '0')}`, 1])),
        partitions: partitions.snapshot(partitions.length, false, false),
        shared: known > 0,
        known: known > 0 ? partitions.packKnown() : undefined,
        parentState: undefined,
        resume: undefined,
        done: false,
      },
      {plan, mode: 'incremental', syncId: 4, at: now},
    );
    const size = JSON.stringify(roundTrip(state)).length;
    expect(size).toBeGreaterThan(500_000);
    expect(size).toBeLessThan(1_000_000);
  });

  test('known parents survive packing; others are new', () => {
    const partitions = new Partitions(new Map(), undefined);
    for (let id = 0; id < 500; id++) partitions.see(`[${id}]`);
    const packed = partitions.packKnown();
    expect(Buffer.from(packed, 'base64')).toHaveLength(3000);
    const next = new Partitions(new Map(), packed);
    expect(next.isKnown('[499]')).toBe(true);
    expect(next.isKnown('[500]')).toBe(false);
  });
});
