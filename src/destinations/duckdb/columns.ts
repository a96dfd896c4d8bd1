import type {Target} from '../destination.js';
import {addColumns, readColumns, retypeColumn} from './books.js';
import {type ColumnType, converted, declaredType, sqlTypes, widened} from './column-type.js';
import type {Session} from './database.js';
import {extractedAt, folded, freeName, generationId, otherFields, quoted, reserved} from './names.js';
import type {Piece} from './piece.js';

/** A table with more is slow to read, and its fields are rather data: what comes later goes into `_other_fields`. */
const mostColumns = 1000;

interface Column {
  readonly field: string;
  readonly name: string;
  /** undefined: not in the table yet, the first value decides. */
  type: ColumnType | undefined;
  /** The table has it. */
  stored: boolean;
}

/**
 * The columns of one table: those that the catalog promises and those that records bring. They are added and widened as rows come, so
 * that no value is lost or rounded.
 */
export class Columns {
  readonly #table: string;
  readonly #columns: Column[] = [];
  readonly #types: (ColumnType | undefined)[] = [];
  readonly #byField = new Map<string, number>();
  readonly #taken = new Set<string>(reserved.map(folded));
  #hasOthers = false;

  private constructor(table: string) {
    this.#table = table;
  }

  /** Columns of a table that is to be created. */
  static declared(table: string, target: Target): Columns {
    const columns = new Columns(table);
    columns.#declare(target);
    return columns;
  }

  /** Columns of a table that exists, and those that the catalog promises besides. */
  static async stored(session: Session, table: string, target: Target): Promise<Columns> {
    const columns = new Columns(table);
    for (const {field, column, type} of await readColumns(session, table)) {
      if (column === otherFields) columns.#hasOthers = true;
      else columns.#add({field, name: column, type, stored: true});
    }
    columns.#declare(target);
    return columns;
  }

  get count(): number {
    return this.#columns.length;
  }

  /** Types by column; before a column has values, what the catalog promises. */
  get types(): readonly (ColumnType | undefined)[] {
    return this.#types;
  }

  /** The index of a field's column; a new one unless the value is null. undefined: none. */
  of(field: string, isNull: boolean): number | undefined {
    const known = this.#byField.get(field);
    if (known !== undefined || isNull || this.#columns.length >= mostColumns) return known;
    return this.#add({field, name: freeName(field, this.#taken), type: undefined, stored: false});
  }

  /** The column's name and type; undefined: the table has none for this field. */
  find(field: string): {readonly name: string; readonly type: ColumnType} | undefined {
    const column = this.#columns[this.#byField.get(field) ?? -1];
    return column?.type === undefined || !column.stored ? undefined : {name: column.name, type: column.type};
  }

  /** Creates the table with the columns whose type is known. */
  async create(session: Session): Promise<void> {
    const ready = this.#columns.filter((column) => column.type !== undefined);
    const parts = ready.map(({name, type}) => `${quoted(name)} ${type === undefined ? '' : sqlTypes[type]}`);
    const ours = [`${quoted(extractedAt)} TIMESTAMPTZ`, `${quoted(generationId)} BIGINT`];
    await session.run(`CREATE TABLE ${quoted(this.#table)} (${[...parts, ...ours].join(', ')})`);
    await this.#book(session, ready);
  }

  /** Makes room for the rows of a piece: adds columns, and widens those whose type cannot hold a value. */
  async fit(session: Session, piece: Piece): Promise<void> {
    const added: Column[] = [];
    for (const [index, column] of this.#columns.entries()) {
      const shape = piece.shapes[index] ?? 0;
      if (column.stored) {
        await this.#widen(session, column, shape);
        continue;
      }
      const type = widened(undefined, shape, column.type, () => false) ?? column.type;
      if (type === undefined) continue;
      this.#settle(column, type);
      await session.run(`ALTER TABLE ${quoted(this.#table)} ADD COLUMN ${quoted(column.name)} ${sqlTypes[type]}`);
      added.push(column);
    }
    await this.#book(session, added);
    if (!piece.hasOthers || this.#hasOthers) return;
    await session.run(`ALTER TABLE ${quoted(this.#table)} ADD COLUMN ${quoted(otherFields)} JSON`);
    await addColumns(session, this.#table, [{field: '', column: otherFields, type: 'json'}]);
    this.#hasOthers = true;
  }

  get hasOthers(): boolean {
    return this.#hasOthers;
  }

  /** The stored columns with their index in a piece. */
  stored(): readonly {readonly index: number; readonly name: string; readonly type: ColumnType}[] {
    return this.#columns.flatMap(({name, type, stored}, index) =>
      stored && type !== undefined ? [{index, name, type}] : [],
    );
  }

  async #widen(session: Session, column: Column, shape: number): Promise<void> {
    const {name, type} = column;
    if (shape === 0 || type === undefined) return;
    const table = quoted(this.#table);
    const big = async () => {
      if (type !== 'bigint') return false;
      return (
        (await session.value(`SELECT max(abs(${quoted(name)}::HUGEINT)) > 9007199254740992 FROM ${table}`)) === 'true'
      );
    };
    if (widened(type, shape, type, () => false) === type) return;
    const isEmpty = (await session.value(`SELECT count(${quoted(name)}) FROM ${table}`)) === '0';
    const bigInside = await big();
    const wider = widened(isEmpty ? undefined : type, shape, type, () => bigInside);
    if (wider === undefined || wider === type) return;
    const using = isEmpty ? 'NULL' : converted(quoted(name), type, wider);
    await session.run(`ALTER TABLE ${table} ALTER ${quoted(name)} TYPE ${sqlTypes[wider]} USING ${using}`);
    this.#settle(column, wider);
    await retypeColumn(session, this.#table, {field: column.field, column: name, type: wider});
  }

  async #book(session: Session, columns: readonly Column[]): Promise<void> {
    const books = columns.flatMap(({field, name, type}) => (type === undefined ? [] : [{field, column: name, type}]));
    await addColumns(session, this.#table, books);
    for (const column of columns) column.stored = true;
  }

  #settle(column: Column, type: ColumnType): void {
    column.type = type;
    this.#types[this.#byField.get(column.field) ?? 0] = type;
  }

  #declare(target: Target): void {
    for (const [field, type] of target.fields) {
      if (this.#byField.has(field)) continue;
      this.#add({field, name: freeName(field, this.#taken), type: declaredType(type), stored: false});
    }
  }

  #add(column: Column): number {
    const index = this.#columns.push(column) - 1;
    this.#types.push(column.type);
    this.#byField.set(column.field, index);
    this.#taken.add(folded(column.name));
    return index;
  }
}
