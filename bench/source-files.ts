import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** A configuration over the benchmark's API. */
export interface SourceShape {
  readonly url: string;
  readonly page: number;
  readonly incremental?: boolean;
  /** The total is named, so that pages can be asked for ahead. */
  readonly withTotal?: boolean;
  readonly concurrency?: number;
  /** Each page names the next one. */
  readonly byCursor?: boolean;
  /** Read the items of every record in place of the records. */
  readonly children?: boolean;
  readonly shard?: {readonly index: number; readonly of: number};
}

const names = ['id', 'updated_at', 'name', 'active', 'amount', 'address', 'tags', 'note'];

/** Writes configuration and catalog; returns their paths. */
export function sourceFiles(shape: SourceShape): {readonly config: string; readonly catalog: string} {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const {url, page, concurrency, shard} = shape;
  const cursor = {cursor_path: 'updated_at', initial_value: '2025-01-01T00:00:00Z'};
  const total_path = shape.withTotal === true ? 'total' : null;
  const records = {
    name: 'records',
    primary_key: 'id',
    endpoint: {
      path: 'records',
      data_selector: 'data',
      ...(shape.byCursor === true
        ? {params: {cursor: 0, limit: page}, paginator: {type: 'cursor', cursor_path: 'next', cursor_param: 'cursor'}}
        : {paginator: {type: 'offset', limit: page, total_path}}),
      ...(shape.incremental === true && shape.children !== true && {incremental: cursor}),
    },
  };
  const items = {
    name: 'items',
    endpoint: {
      path: 'records/{resources.records.id}/items',
      data_selector: 'data',
      paginator: 'single_page',
      ...(shape.children === true && shape.incremental === true && {incremental: cursor}),
    },
  };
  const client = {base_url: url, ...(concurrency === undefined ? {} : {concurrency})};
  const resources = shape.children === true ? [{...records, selected: false}, items] : [records];
  const stream = {
    name: shape.children === true ? 'items' : 'records',
    json_schema: {type: 'object', properties: Object.fromEntries(names.map((name) => [name, {}]))},
    supported_sync_modes: ['full_refresh', 'incremental'],
  };
  const sync_mode = shape.incremental === true ? 'incremental' : 'full_refresh';
  const files = {config: join(folder, 'config.json'), catalog: join(folder, 'catalog.json')};
  writeFileSync(files.config, JSON.stringify({client, resources, ...(shard === undefined ? {} : {shard})}));
  writeFileSync(files.catalog, JSON.stringify({streams: [{stream, sync_mode, destination_sync_mode: 'append'}]}));
  return files;
}
