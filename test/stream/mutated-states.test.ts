import fc from 'fast-check';
import {expect, test} from 'vitest';
import {ConnectorError} from '../../src/errors.js';
import {type Json, type JsonObject, parseExact} from '../../src/json/exact.js';
import type {StreamPlan} from '../../src/stream/stream-plan.js';
import {at, childOf, family, parentOf} from './family.js';
import {collect, ids, listLog, open, requestOfStream} from './reading.js';
import {planOf, Server} from './simulated.js';

/*
 * A state of which one member, at any depth, is gone or is something else, by a host or by hand: it is used, or it is an error
 * that says what to do, or what it promised is read again and a line says so. Never a crash, never a full read in silence.
 */
const anything: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 41, '', 'x', at(2), [], {}, [[]], {number: '1'}, {a: [1]}, 'AAAAAAAA'),
  fc.constantFrom('1.0', '1e400', '9007199254740993', '{"number":"x"}').map((text) => parseExact(text)),
);

interface Place {
  readonly path: readonly string[];
  readonly value: Json;
}

function* placesIn(value: Json, path: readonly string[] = []): Generator<Place> {
  if (path.length > 0) yield {path, value};
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value as JsonObject)) yield* placesIn(inner, [...path, key]);
}

/** `undefined`: the member is taken out. */
function changed(value: Json, [key = '', ...rest]: readonly string[], to: Json | undefined): Json {
  const members = Array.isArray(value) ? [...value.entries()] : Object.entries(value as JsonObject);
  const entries = members.flatMap(([name, inner]): [string, Json][] => {
    if (String(name) !== key) return [[String(name), inner]];
    const next = rest.length === 0 ? to : changed(inner, rest, to);
    return next === undefined ? [] : [[key, next]];
  });
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

const rows = (parent: string, since: string) =>
  [1, 2, 3]
    .map((hour) => ({id: Number(parent) * 10 + hour, updated: at(hour)}))
    .filter(({updated}) => updated >= since);

function setup(kind: 'alone' | 'child' | 'changed parents'): {server: Server; plans: () => StreamPlan[]} {
  if (kind === 'alone') {
    const server = new Server((_, {since = ''}) => JSON.stringify({data: rows('0', since)}));
    const cursor = {path: 'updated', initial: at(0)};
    return {server, plans: () => [planOf({name: 'items', server, path: 'items', params: {since: '{start}'}, cursor})]};
  }
  const server = family(
    () => [
      {id: 1, updated: at(1)},
      {id: 2, updated: at(2)},
    ],
    rows,
  );
  const parentIncremental = kind === 'changed parents';
  const plans = () => {
    const parent = parentOf(server, {cursor: {path: 'updated', initial: at(0)}});
    return [parent, childOf(server, parent, {parentIncremental})];
  };
  return {server, plans};
}

test.each(['alone', 'child', 'changed parents'] as const)('%s', async (kind) => {
  const {server, plans} = setup(kind);
  const read = async (state: JsonObject | undefined, events?: number) => {
    const log = listLog();
    const result = await collect(
      open(plans(), [requestOfStream('items', {state})], server, {log}).read('items'),
      events,
    );
    return {...result, lines: log.lines};
  };
  const whole = await read(undefined);
  const states: JsonObject[] = [];
  for (let events = 3; events < 12; events++) states.push((await read(undefined, events)).states.at(-1) ?? {});
  states.push(whole.states.at(-1) ?? {});
  const all = ids(whole.records);
  const cases = states.flatMap((state) => [...placesIn(state)].map((place) => ({state, place})));
  expect(cases.length).toBeGreaterThan(30);
  const mutation = fc.tuple(fc.constantFrom(...cases), fc.option(anything, {nil: undefined}));
  await fc.assert(
    fc.asyncProperty(mutation, async ([{state, place}, to]) => {
      const given = changed(state, place.path, to) as JsonObject;
      const {error, records, lines} = await read(given);
      if (error !== undefined) {
        expect(error).toBeInstanceOf(ConnectorError);
        expect([(error as ConnectorError).failureType, String(error)]).toEqual([
          'config_error',
          expect.stringMatching(/reset the stream|correct/i),
        ]);
        return;
      }
      const before = await read(state);
      const more = ids(records).filter((id) => !ids(before.records).includes(id));
      // A member that is not there promises nothing, and a key or a hash may be another's.
      const isAnother = to === undefined || to === null || place.path[0] === 'boundary' || place.path[1] === 'cursors';
      if (!isAnother && ids(records).length === all.length && more.length > 0) expect(lines).not.toEqual([]);
    }),
    {numRuns: 150, seed: 1},
  );
});
