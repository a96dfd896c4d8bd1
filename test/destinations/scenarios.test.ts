import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, test} from 'vitest';
import {check, first, type Kind} from './check-scenario.js';
import {mergeScenarios} from './merge-scenarios.js';
import {scenarios} from './scenarios.js';
import {folder, query} from './support.js';

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

describe.each(local)('$name', (kind) => {
  // Parquet files are made of what DuckDB holds, which merges.
  test.each(kind.format === 'parquet' ? scenarios : [...scenarios, ...mergeScenarios])('$name', (scenario) =>
    check(scenario, kind),
  );
});
