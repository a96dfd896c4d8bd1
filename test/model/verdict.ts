import type {Destination} from './destination.js';
import {type Scenario, shifts} from './scenario.js';
import {idsBelow, ownId, type Version, type World} from './world.js';

/** The destinations of one connection, by stream. */
export type Destinations = ReadonlyMap<string, Destination>;

/** How a destination takes the rows of a stream. */
export function modeOf({mode, parentIncremental}: Scenario, name: string): Scenario['mode'] {
  if (name === 'items') return mode;
  return mode === 'incremental' ? (parentIncremental ? 'incremental' : 'append') : mode;
}

/**
 * Every row of the API is at a destination, as it is; at one of `overwrite` nothing else is, and no row is at two of them.
 * Throws an Error that names a lost row. `calm`: when the API went quiet (µs). Returns how many rows are excused.
 */
export function everythingArrived(world: World, connections: readonly Destinations[], calm: number): number {
  const {levels, mode, lag} = world.scenario;
  const there = new Set<number>();
  let excused = 0;
  for (const parent of levels === 1 ? [0] : world.parents.keys()) {
    const expected = [...world.visible(parent)].flatMap(({id: own, version}) =>
      idsBelow(world.scenario, parent, own).map((id) => ({id, version})),
    );
    for (const {id, version} of expected) {
      there.add(ownId(id));
      const holders = connections.filter((destinations) => destinations.get('items')?.has(id, version.n) === true);
      // With a lag windows overlap; a row without cursor is in all of them.
      if (mode === 'overwrite' && lag === 0 && version.at !== undefined && holders.length > 1) {
        throw new Error(`row ${id} came from two shards`);
      }
      if (holders.length > 0) continue;
      const isStale = connections.some((destinations) => destinations.get('items')?.versionOf(id) !== undefined);
      if (!(isStale && isCrossed(world, version)) && !isExcused(world, version, calm)) {
        throw new Error(`row ${id}@${version.n} (parent ${parent}, at ${version.at}) is lost`);
      }
      excused++;
    }
  }
  for (const destinations of connections) {
    if (mode === 'overwrite') nothingElse(destinations, there);
    parentsArrived(world, destinations.get('parents'));
  }
  return excused;
}

function nothingElse(destinations: Destinations, there: ReadonlySet<number>): void {
  for (const id of destinations.get('items')?.rows.keys() ?? []) {
    if (!there.has(ownId(id))) throw new Error(`row ${id} is not in the API any more`);
  }
}

/** Of several shards each has its own part of the parents. */
function parentsArrived({scenario, parents}: World, destination: Destination | undefined): void {
  if (destination === undefined || scenario.shards > 1) return;
  for (const {id, n} of parents.values()) {
    if (!destination.has(id, n)) throw new Error(`parent ${id}@${n} is lost`);
  }
}

/** The destination holds another version of it, that an order by cursors cannot tell from this one. */
function isCrossed({scenario, crossed}: World, {n}: Version): boolean {
  return crossed.has(n) && scenario.width > 1 && scenario.mode === 'incremental';
}

/** What no reader of the API could have seen, and what is older than any cursor can be, less the lag, so that it does not come again. */
function isExcused(world: World, {n, at, parent}: Version, calm: number): boolean {
  const {scenario, kind, disturbed, counter, shrunk, tied} = world;
  if (!disturbed || scenario.mode === 'overwrite') return false;
  const latest = kind?.time === true ? calm : counter;
  const isTied = tied.has(n) && scenario.mode === 'incremental';
  // Numbers shift under a walk that is disturbed, which may skip a row.
  if (!shifts(scenario) && !isTied) return false;
  if (at === undefined || kind === undefined) return true;
  if (scenario.parentIncremental && shifts(scenario) && shrunk.has(parent)) return true;
  // An API that leaves out rows equal to the start covers one grain less.
  return at < latest - scenario.lag * kind.tick + (scenario.since === 'open' ? kind.grain : 0);
}
