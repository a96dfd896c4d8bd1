import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {mergeScenarios} from './merge-scenarios.js';
import {hasPostgres, type Server, startServer, why} from './postgres-server.js';
import {catalogOf, type Scenario, scenarios} from './scenarios.js';
import {apply, folder, query} from './support.js';

/** A kind of place: where a new one is, and what its table `rows` holds in `v`. */
interface Kind {
  readonly name: string;
  readonly format?: string;
  readonly into: () => string;
  readonly values: (into: string) => Promise<readonly unknown[]>;
}

const all = [...scenarios, ...mergeScenarios];

const first = (rows: readonly (readonly unknown[])[]): readonly unknown[] => rows.map(([value]) => value);

/** A table without rows may have no column `v` yet. */
const valuesOf = async (file: string, from: string) =>
  (await query(file, `SELECT * FROM ${from}`)).length === 0
    ? []
    : first(await query(file, `SELECT v::VARCHAR FROM ${from}`));

const local: readonly Kind[] = [
  {name: 'DuckDB', into: () => join(folder(), 'x.duckdb'), values: (into) => valuesOf(into, 'rows')},
  {
    name: 'folder',
    into: () => join(folder(), 'out/'),
    values: async (into) =>
      readFileSync(join(into, 'rows.jsonl'), 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line): unknown => (JSON.parse(line) as {readonly v: unknown}).v),
  },
  {
    name: 'Parquet',
    format: 'parquet',
    into: () => join(folder(), 'out/'),
    values: async (into) => {
      const file = join(into, 'rows.parquet');
      return existsSync(file) ? valuesOf(join(into, '_rows.duckdb'), `read_parquet('${file}')`) : [];
    },
  },
];

/** A column that has become JSON has its strings in quotes. */
const plain = (value: unknown): string => String(value).replace(/^"(.*)"$/, '$1');

async function check({runs, uncounted = []}: Scenario, {name, format, into: place, values}: Kind): Promise<void> {
  const into = place();
  for (const run of runs) {
    const {lines, sample = false, counts, echoed, status, saved} = run;
    const found = await apply(into, catalogOf(run), lines, {sample, ...(format === undefined ? {} : {format})});
    // A file of Parquet is written when the stream is complete.
    if (format !== 'parquet' || status !== 'incomplete')
      expect((await values(into)).map(plain).sort()).toEqual(run.values);
    if (counts !== undefined && !uncounted.includes(name)) expect(found.streams[0]?.sink.counts).toEqual(counts);
    if (echoed !== undefined) expect(found.echoed).toHaveLength(echoed);
    if (status !== undefined) expect(found.streams[0]?.status).toBe(status);
    if (saved !== undefined) expect(found.saved.streams).toMatchObject(saved);
  }
}

describe.each(local)('$name', (kind) => {
  // Parquet files are made of what DuckDB holds, which merges.
  test.each(kind.format === 'parquet' ? scenarios : all)('$name', (scenario) => check(scenario, kind));
});

if (hasPostgres) describe('PostgreSQL', inPostgres);
else test.skip(`PostgreSQL: ${why}`, () => undefined);

function inPostgres(): void {
  let server: Server;
  let schemas = 0;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  test.each(all)('$name', (scenario) =>
    check(scenario, {
      name: 'PostgreSQL',
      into: () => server.url(`s${schemas++}`),
      values: async (into) =>
        first(
          await server.query(`SELECT to_json(t) ->> 'v' FROM ${new URL(into).searchParams.get('schema')}.rows AS t`),
        ),
    }),
  );
}
