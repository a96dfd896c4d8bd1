import assert from 'node:assert/strict';
import {existsSync, writeFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {fields, startValuesApi, valuesConfig} from './api.js';
import type {Host} from './host.js';
import {pythonWith} from './python.js';
import {standInDocker} from './stand-in-docker.js';
import {runSnippet, tell} from './tell.js';

/** What scripts/hosts/pyairbyte.py prints; `{error}` where a step failed. */
interface Told {
  readonly check: unknown;
  readonly streams: unknown;
  readonly catalog: unknown;
  readonly read: unknown;
  readonly records: unknown;
}

const failed = (error: string): object => ({error});

/** PyAirbyte, which starts the built CLI as its local executable and loads what it prints into a DuckDB file. */
export const pyairbyte: Host = {
  name: 'PyAirbyte',
  async run({cache, executable, folder}) {
    const python = pythonWith(join(cache, 'pyairbyte'), ['airbyte==0.71.3']);
    const api = await startValuesApi();
    const path = [standInDocker(folder), process.env['PATH']].join(delimiter);
    const docker = {PATH: path, SOURCE_REST_API: executable};
    let jobs = 0;
    const run = async (streams: readonly string[], database: string, more: object = {}) => {
      const job = join(folder, `job-${jobs++}.json`);
      const given = {config: valuesConfig(api.url, streams), cache: join(folder, database), ...more};
      const start = 'image' in more ? {} : {executable};
      writeFileSync(job, JSON.stringify({records: streams[0], ...start, ...given}));
      const script = fileURLToPath(new URL('pyairbyte.py', import.meta.url));
      const told = await tell<Told>(python, [script, job], folder, docker);
      return {...told, tables: await tablesIn(given.cache)};
    };
    try {
      const first = await run(['rows', 'plain'], 'good.duckdb');
      assert.equal(first.check, null);
      assert.deepEqual(first.streams, ['rows', 'plain']);
      const names = fields.map(({name}) => name);
      assert.deepEqual(first.catalog, {rows: names, plain: names});
      assert.equal(first.read, 4);
      assert.equal(first.records, 2);
      for (const table of ['rows', 'plain']) {
        assert.deepEqual(
          first.tables[table]?.columns,
          fields.map(({column, type}) => [column, type]),
          table,
        );
        assert.deepEqual(
          first.tables[table]?.rows,
          [0, 1].map((row) => fields.map(({texts}) => texts[row])),
          table,
        );
      }

      const unchanged = await run(['rows', 'plain'], 'good.duckdb');
      assert.equal(unchanged.read, 2, 'nothing of rows, all of plain again');
      api.change();
      const asked = api.requests.length;
      const second = await run(['rows', 'plain'], 'good.duckdb');
      assert.equal(second.read, 5, 'two changed rows, three of plain');
      assert(api.requests.slice(asked).includes('/rows?since=2025-01-02T00%3A00%3A00Z&offset=0&limit=100'), 'since');
      for (const table of ['rows', 'plain']) {
        const ok = fields.findIndex(({name}) => name === 'ok');
        const rows = second.tables[table]?.rows ?? [];
        assert.deepEqual(
          rows.map((row) => [row[0], row[1], row[ok]]),
          [
            ['1', '2025-01-01 00:00:00', 'true'],
            ['2', '2025-01-05 00:00:00', 'true'],
            ['3', '2025-01-06 00:00:00', 'true'],
          ],
        );
      }
      const full = await run(['rows', 'plain'], 'good.duckdb', {full: true});
      assert.equal(full.read, 6);

      const image = await run(['rows', 'plain'], 'image.duckdb', {image: 'airbyte/source-rest-api:0.1.0'});
      assert.deepEqual([image.check, image.read], [null, 6]);

      const broken = await run(['plain', 'broken'], 'broken.duckdb');
      assert.deepEqual(broken.read, failed('AirbyteConnectorFailedError'));
      assert.deepEqual(broken.tables, {}, 'half a read leaves no table');
      const refused = await run(['broken'], 'refused.duckdb');
      assert.deepEqual(refused.check, failed('AirbyteConnectorCheckFailedError'));
      assert.deepEqual(refused.read, failed('AirbyteConnectorFailedError'));
    } finally {
      await api.close();
    }
    const said = await runSnippet(python, 'pyairbyte', {'dist/main.js': executable}, folder);
    assert.match(said, /^152 records, 150 issues in the cache$/m);
  },
};

interface Table {
  /** Name and type of each. */
  readonly columns: readonly (readonly unknown[])[];
  /** As DuckDB's texts, by id. */
  readonly rows: readonly (readonly unknown[])[];
}

/** The tables of a DuckDB file, without PyAirbyte's own tables and columns. */
async function tablesIn(file: string): Promise<Readonly<Record<string, Table>>> {
  if (!existsSync(file)) return {};
  const {DuckDBInstance} = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(file, {access_mode: 'READ_ONLY'});
  const connection = await instance.connect();
  const rowsOf = async (query: string) => (await connection.runAndReadAll(query)).getRowsJson();
  const found: Record<string, Table> = {};
  const own = (column: string): string => `NOT starts_with(${column}, '_airbyte')`;
  const names = await rowsOf(`SELECT table_name FROM duckdb_tables() WHERE ${own('table_name')} ORDER BY 1`);
  for (const [name] of names) {
    const columns = await rowsOf(
      `SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = '${name}' AND ${own('column_name')} ORDER BY column_index`,
    );
    const texts = columns.map(([column]) => `CAST("${column}" AS VARCHAR)`);
    found[String(name)] = {columns, rows: await rowsOf(`SELECT ${texts.join(', ')} FROM "${name}" ORDER BY id`)};
  }
  connection.closeSync();
  instance.closeSync();
  return found;
}
