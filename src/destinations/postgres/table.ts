import type {Books, ColumnBook} from './books.js';
import {type ColumnType, converted, sqlTypes} from './column-type.js';
import type {Column, Columns} from './columns.js';
import type {Connection} from './connection.js';
import {extractedAt, freeName, generationId, otherFields, quoted, reserved} from './names.js';

/** One table of rows as it stands in the database, with our books about it. */
export class Table {
  readonly schema: string;
  readonly name: string;
  readonly #books: Books;
  readonly #columns: ColumnBook[];
  /** All its column names, also those that somebody else added. */
  readonly #taken: Set<string>;

  private constructor(
    books: Books,
    schema: string,
    name: string,
    columns: readonly ColumnBook[],
    taken: Iterable<string>,
  ) {
    this.schema = schema;
    this.name = name;
    this.#books = books;
    this.#columns = [...columns];
    this.#taken = new Set([...reserved, ...taken]);
    this.#hasOthers = new Set(taken).has(otherFields);
  }

  #hasOthers: boolean;

  static async read(on: Connection, books: Books, schema: string, name: string): Promise<Table> {
    const columns = await books.readColumns(on, schema, name);
    const ours = columns.filter((column): column is ColumnBook => column.field !== undefined);
    const taken = columns.map((column) => column.name);
    return new Table(books, schema, name, ours, taken);
  }

  /** An empty table with the columns whose type is known. */
  static async create(on: Connection, books: Books, schema: string, name: string, columns: Columns): Promise<Table> {
    const table = new Table(books, schema, name, [], []);
    const parts = columns.layout.map(({field, type}) => {
      const column = table.#add({field, type, used: false});
      return `${quoted(column.name)} ${sqlTypes[type]}`;
    });
    const ours = [`${quoted(extractedAt)} timestamptz`, `${quoted(generationId)} bigint`];
    await on.run(`CREATE TABLE ${table.sql} (${[...parts, ...ours].join(', ')})`);
    await table.#write(on);
    return table;
  }

  get sql(): string {
    return `${quoted(this.schema)}.${quoted(this.name)}`;
  }

  get hasOthers(): boolean {
    return this.#hasOthers;
  }

  get columns(): readonly Column[] {
    return this.#columns;
  }

  /** The column of a field. */
  find(field: string): ColumnBook | undefined {
    return this.#columns.find((column) => column.field === field);
  }

  /** Types that `fit` would change. */
  retyped(columns: Columns): readonly string[] {
    return columns.all.flatMap(({field, type}) => {
      const before = this.find(field);
      return before === undefined || before.type === type ? [] : [field];
    });
  }

  /** Adds the columns that are missing and widens those whose type has become too narrow; `emptied`: no value is left to convert. */
  async fit(on: Connection, columns: Columns, {emptied = false}: {readonly emptied?: boolean} = {}): Promise<void> {
    const changes: string[] = [];
    let isKnown = true;
    for (const {field, type, used} of columns.all) {
      if (type === undefined) continue;
      const at = this.#columns.findIndex((column) => column.field === field);
      const before = this.#columns[at];
      if (before === undefined) {
        const {name} = this.#add({field, type, used});
        changes.push(`ADD COLUMN ${quoted(name)} ${sqlTypes[type]}`);
        continue;
      }
      if (before.type !== type) changes.push(retype(quoted(before.name), before.type, type, emptied));
      if (before.type === type && before.used === used) continue;
      this.#columns[at] = {...before, type, used};
      isKnown = false;
    }
    if (changes.length > 0) await on.run(`ALTER TABLE ${this.sql} ${changes.join(', ')}`);
    if (changes.length > 0 || !isKnown) await this.#write(on);
  }

  async addOthers(on: Connection): Promise<void> {
    if (this.#hasOthers) return;
    await on.run(`ALTER TABLE ${this.sql} ADD COLUMN ${quoted(otherFields)} json`);
    this.#hasOthers = true;
  }

  /** Drops the columns of fields that `columns` does not have, but for those that something depends on. */
  async dropOther(on: Connection, columns: Columns): Promise<void> {
    const kept = new Set(columns.all.flatMap(({field, type}) => (type === undefined ? [] : [field])));
    for (const column of this.#columns.filter(({field}) => !kept.has(field))) {
      await on.run('SAVEPOINT dropping');
      try {
        await on.run(`ALTER TABLE ${this.sql} DROP COLUMN ${quoted(column.name)}`);
        this.#columns.splice(this.#columns.indexOf(column), 1);
        this.#taken.delete(column.name);
      } catch {
        await on.run('ROLLBACK TO SAVEPOINT dropping');
      }
    }
    await this.#write(on);
  }

  /** The same table under another name. */
  async renamed(on: Connection, name: string): Promise<Table> {
    await on.run(`ALTER TABLE ${this.sql} RENAME TO ${quoted(name)}`);
    const table = new Table(this.#books, this.schema, name, this.#columns, this.#taken);
    table.#hasOthers = this.#hasOthers;
    await this.#books.dropColumns(on, this.schema, this.name);
    await table.#write(on);
    return table;
  }

  async drop(on: Connection): Promise<void> {
    await on.run(`DROP TABLE ${this.sql}`);
    await this.#books.dropColumns(on, this.schema, this.name);
  }

  #add(column: Omit<ColumnBook, 'name'>): ColumnBook {
    const added = {...column, name: freeName(column.field, this.#taken)};
    this.#taken.add(added.name);
    this.#columns.push(added);
    return added;
  }

  #write(on: Connection): Promise<void> {
    return this.#books.writeColumns(on, this.schema, this.name, this.#columns);
  }
}

function retype(column: string, from: ColumnType, to: ColumnType, emptied: boolean): string {
  const using = emptied ? `NULL::${sqlTypes[to]}` : converted(column, from, to);
  return `ALTER COLUMN ${column} TYPE ${sqlTypes[to]} USING ${using}`;
}
