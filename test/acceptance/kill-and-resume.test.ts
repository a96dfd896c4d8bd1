import {describe, expect, test} from 'vitest';
import {type Handler, json, startApi} from '../support/api-server.js';
import {expectSoundRead, Messages} from '../support/protocol.js';
import {type Argument, type Ended, runCli} from '../support/run-cli.js';
import {brief, rowsOf} from './brief.js';
import {catalogOf} from './catalog-of.js';
import {endOf, fine} from './ends.js';
import {numbers} from './numbers.js';

// A destination keeps what a printed STATE covers, and throws away the rest when the source dies. Killed again and again, a
// read that starts from the last STATE printed must in the end have brought every row.

const environment = {CHECKPOINT_INTERVAL_SECONDS: '0'};
const seeds = [1, 2];

/** What a destination has: rows by stream, and the state that covers them. */
class Kept {
  readonly rows = new Map<string, Set<string>>();
  readonly states = new Map<string, unknown>();
  #open: [string, string][] = [];

  /** The output up to its last whole line; its records count only up to the stream's last STATE. */
  take(stdout: string, names: readonly string[], ended: 'all' | 'stopped'): void {
    const messages = new Messages(stdout.slice(0, stdout.lastIndexOf('\n') + 1));
    expectSoundRead(messages, names, ended);
    for (const message of messages.all) {
      if (message.type === 'RECORD') this.#open.push([message.record.stream, JSON.stringify(message.record.data)]);
      if (message.type !== 'STATE') continue;
      const {name} = message.state.stream.stream_descriptor;
      this.states.set(name, message.state);
      for (const [stream, row] of this.#open) if (stream === name) this.#add(stream, row);
      this.#open = this.#open.filter(([stream]) => stream !== name);
    }
    this.#open = [];
  }

  #add(stream: string, row: string): void {
    const rows = this.rows.get(stream) ?? new Set();
    this.rows.set(stream, rows.add(row));
  }
}

/** A generator of numbers from 0 to below 1, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Ends the process without a warning once that many records and states have come. */
function killedAfter(args: readonly Argument[], lines: number): Promise<Ended> {
  let sent = false;
  return runCli(args, {
    environment,
    onStdout(text, kill) {
      if (sent || (text.match(/"type":"(RECORD|STATE)"/g)?.length ?? 0) < lines) return;
      sent = true;
      kill('SIGKILL');
    },
  });
}

/** Two runs that die, and one that does not. */
async function threeRuns(seed: number, most: number, config: object, catalog: object, names: readonly string[]) {
  const next = random(seed);
  const kept = new Kept();
  const args = (): Argument[] => [
    ...['read', '--config', config, '--catalog', catalog],
    ...['--state', [...kept.states.values()]],
  ];
  for (let run = 0; run < 2; run++) {
    const killed = await killedAfter(args(), 1 + Math.floor(next() * most));
    kept.take(killed.stdout, names, killed.signal === null ? 'all' : 'stopped');
  }
  const last = await runCli(args(), {environment});
  expect(endOf(last)).toEqual(fine);
  kept.take(last.stdout, names, 'all');
  return {kept, last};
}

describe.concurrent.each(seeds)('kill -9 at moments drawn from %i', (seed) => {
  test('full refresh by offset, one job', async () => {
    await using api = await startApi(rowsOf(1_037));
    const catalog = catalogOf(['resource_name'], 'full_refresh', {sync_id: 7, destination_sync_mode: 'overwrite'});
    const {kept, last} = await threeRuns(seed, 700, brief(api.url), catalog, ['resource_name']);
    const ids = [...(kept.rows.get('resource_name') ?? [])].map((row) => JSON.parse(row).id);
    expect(ids.sort((a, b) => a - b)).toEqual(numbers(1, 1_037));
    expect(last.messages.states().at(-1)).toMatchObject({done: {sync_id: 7}});
  });

  test('incremental, oldest first, while rows change', async () => {
    const rows = numbers(1, 300).map((id) => ({id, at: time(id), version: 1}));
    let changes = 0;
    await using api = await startApi((request, index) => {
      // A row is changed now and then: it moves to the end.
      if (index % 9 === 8) {
        const row = rows[(index * 37) % rows.length];
        if (row !== undefined) Object.assign(row, {at: time(1_000 + changes++), version: row.version + 1});
      }
      return page(rows, 20)(request, index);
    });
    const config = incremental(api.url, {row_order: 'asc'});
    const {kept} = await threeRuns(seed, 200, config, catalogOf(['rows'], 'incremental'), ['rows']);
    for (const row of rows) expect(kept.rows.get('rows'), JSON.stringify(row)).toContain(JSON.stringify(row));
  });

  test('parents and children, two levels, and a stream in windows beside them', async () => {
    await using api = await startApi(family);
    const names = ['teams', 'members', 'events'];
    const catalog = catalogOf(names, 'incremental', {sync_id: 7});
    const {kept} = await threeRuns(seed, 150, familyConfig(api.url), catalog, names);
    const sizes = names.map((name) => kept.rows.get(name)?.size);
    expect(sizes).toEqual([12, 12 * 7, 90]);
  });
});

const time = (minutes: number): string => new Date(Date.UTC(2025, 0, 1) + minutes * 60_000).toISOString();

const page =
  (rows: readonly {readonly at: string}[], size: number): Handler =>
  ({query}) => {
    const since = query.get('since') ?? '';
    const until = query.get('until') ?? '9';
    const after = query.get('after') ?? '';
    const found = rows.filter(({at}) => at >= since && at < until && at > after).sort((a, b) => (a.at < b.at ? -1 : 1));
    return json({items: found.slice(0, size), next: found.length > size ? found[size - 1]?.at : null});
  };

const incremental = (url: string, more: object): object => ({
  client: {base_url: url, paginator: {type: 'cursor', cursor_path: 'next', cursor_param: 'after'}},
  resources: [
    {
      name: 'rows',
      primary_key: 'id',
      endpoint: {incremental: {cursor_path: 'at', initial_value: time(0), start_param: 'since', ...more}},
    },
  ],
});

const events = numbers(1, 90).map((id) => ({id, at: time(id * 60)}));

const family: Handler = (request, index) => {
  const {path, query} = request;
  if (path === '/events') return page(events, 8)(request, index);
  const offset = Number(query.get('offset'));
  const count = path === '/teams' ? 12 : 7;
  const team = Number(/\d+/.exec(path)?.[0] ?? 0);
  return json(numbers(offset + 1, Math.min(count, offset + 3)).map((id) => ({id: team * 100 + id})));
};

const familyConfig = (url: string): object => ({
  client: {base_url: url, paginator: {type: 'offset', limit: 3, total_path: null}},
  resource_defaults: {primary_key: 'id'},
  resources: [
    'teams',
    {name: 'members', endpoint: 'teams/{resources.teams.id}/members'},
    {
      name: 'events',
      endpoint: {
        paginator: {type: 'cursor', cursor_path: 'next', cursor_param: 'after'},
        incremental: {
          cursor_path: 'at',
          initial_value: time(0),
          end_value: time(90 * 60 + 1),
          step: 'P1D',
          start_param: 'since',
          end_param: 'until',
        },
      },
    },
  ],
});
