import type {Books} from './books.js';
import type {Columns} from './columns.js';
import type {Connection} from './connection.js';
import {dropKeyIndex, findKeyIndex} from './key-index.js';
import {extractedAt, generationId, otherFields, quoted} from './names.js';
import {Table} from './table.js';

/**
 * Replaces the rows of the table that readers see by those of `table`, which goes. The readers' table itself stays, with the views,
 * grants and indexes that people gave it, and whoever reads it meanwhile sees the old rows.
 */
export async function replaceRows(
  on: Connection,
  {
    books,
    columns,
    table,
    name,
  }: {readonly books: Books; readonly columns: Columns; readonly table: Table; readonly name: string},
): Promise<Table> {
  const old = await Table.read(on, books, table.schema, name);
  const [before, after] = [await findKeyIndex(on, old), await findKeyIndex(on, table)];
  if (before !== undefined && (before.on !== after?.on || old.retyped(columns).length > 0)) await dropKeyIndex(on, old);
  await on.run(`DELETE FROM ${old.sql}`);
  await old.dropOther(on, columns);
  await old.fit(on, columns, {emptied: true});
  if (table.hasOthers) await old.addOthers(on);
  const pairs = columns.layout.flatMap(({field}) => {
    const [to, from] = [old.find(field), table.find(field)];
    return to === undefined || from === undefined ? [] : [[quoted(to.name), quoted(from.name)] as const];
  });
  const same = [extractedAt, generationId, ...(table.hasOthers ? [otherFields] : [])].map((own) => quoted(own));
  const all = [...pairs, ...same.map((own) => [own, own] as const)];
  await on.run(
    `INSERT INTO ${old.sql} (${all.map(([to]) => to).join(', ')}) SELECT ${all.map(([, from]) => from).join(', ')} FROM ${table.sql}`,
  );
  await table.drop(on);
  return old;
}
