import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {DuckDBInstance} from '@duckdb/node-api';
import {onTestFinished} from 'vitest';
import {Application, type ApplyOptions} from '../../src/destinations/apply.js';
import {parseTargets} from '../../src/destinations/catalog.js';
import {openDestination} from '../../src/destinations/places.js';
import {FakeClock} from '../support/fake-clock.js';

/** In memory, where there is such a place: most of the time of these tests would be waiting for the disk. */
const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export function folder(): string {
  const path = mkdtempSync(join(place, 'destination-test-'));
  onTestFinished(() => rmSync(path, {recursive: true, force: true}));
  return path;
}

export interface StreamOf {
  readonly name?: string;
  readonly namespace?: string;
  readonly mode?: string;
  readonly key?: readonly (readonly string[])[];
  readonly cursor?: readonly string[];
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly generation?: number | null;
  readonly minimum?: number | null;
  readonly sync?: number;
}

export const catalog = (...streams: readonly StreamOf[]): string =>
  JSON.stringify({
    streams: streams.map(
      ({
        name = 'rows',
        namespace = null,
        mode = 'append',
        key,
        cursor,
        properties = {},
        generation,
        minimum,
        sync,
      }) => ({
        stream: {
          name,
          namespace,
          json_schema: {type: 'object', properties},
          supported_sync_modes: ['full_refresh'],
        },
        sync_mode: 'full_refresh',
        destination_sync_mode: mode,
        primary_key: key ?? null,
        cursor_field: cursor ?? null,
        generation_id: generation ?? null,
        minimum_generation_id: minimum ?? null,
        sync_id: sync ?? null,
      }),
    ),
  });

/** `data`: JSON text, as an API could have sent it. */
export const record = (data: string, stream = 'rows'): string =>
  `{"type":"RECORD","record":{"stream":${JSON.stringify(stream)},"emitted_at":1767225600000,"data":${data}}}`;

export const state = (value: unknown, stream = 'rows'): string =>
  `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":${JSON.stringify(stream)}},` +
  `"stream_state":${JSON.stringify(value)}},"sourceStats":{"recordCount":1}}}`;

export const status = (value: string, stream = 'rows'): string =>
  `{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1767225600000,"stream_status":` +
  `{"stream_descriptor":{"name":${JSON.stringify(stream)}},"status":"${value}"}}}`;

export const chunks = (lines: readonly string[], size = 65_536): AsyncIterable<Buffer> => {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'utf8');
  return (async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  })();
};

/** Applies lines to a place; the STATE lines that were echoed, and how the streams ended. */
export async function apply(
  into: string,
  catalogText: string,
  lines: readonly string[],
  options: Partial<ApplyOptions> & {readonly sample?: boolean; readonly format?: string; readonly chunk?: number} = {},
) {
  const clock = new FakeClock();
  const destination = await openDestination(into, options.format, clock);
  try {
    const sinks = await destination.begin(parseTargets('catalog.json', catalogText), {sample: options.sample ?? false});
    const echoed: string[] = [];
    const application = new Application({
      input: chunks(lines, options.chunk),
      sinks,
      clock,
      committed: (line) => {
        echoed.push(line.toString('utf8'));
      },
      ...options,
    });
    await application.run();
    return {echoed, streams: [...application.streams.values()], saved: await destination.saved()};
  } finally {
    await destination.close();
  }
}

export async function query(file: string, sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(file, {access_mode: 'READ_ONLY'});
  try {
    const connection = await instance.connect();
    await connection.run(`SET TimeZone = 'UTC'`);
    const rows = (await connection.runAndReadAll(sql)).getRowsJson();
    connection.closeSync();
    return rows;
  } finally {
    instance.closeSync();
  }
}
