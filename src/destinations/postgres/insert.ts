import type {Columns} from './columns.js';
import type {Connection} from './connection.js';
import {extractedAt, generationId, otherFields, quoted} from './names.js';
import type {Staging} from './staging.js';
import type {Table} from './table.js';

/** Puts all staged rows into the table, which fits the columns. Returns how many. */
export function insertRows({
  on,
  columns,
  staging,
  table,
  generation,
}: {
  readonly on: Connection;
  readonly columns: Columns;
  readonly staging: Staging;
  readonly table: Table;
  readonly generation: number;
}): Promise<number> {
  const pairs = columns.layout.map(({field, index}) => [quoted(table.find(field)?.name ?? ''), `c${index}`] as const);
  const all = [
    ...pairs,
    ...(table.hasOthers ? [[quoted(otherFields), 'others'] as const] : []),
    [quoted(extractedAt), 'to_timestamp(emitted / 1000.0)'] as const,
    [quoted(generationId), String(generation)] as const,
  ];
  return on.run(
    `INSERT INTO ${table.sql} (${all.map(([name]) => name).join(', ')})
     SELECT ${all.map(([, value]) => value).join(', ')} FROM ${staging.table}`,
  );
}
