import type {Target} from '../destination.js';
import {isTimely} from '../time-shape.js';
import {accepted, type ColumnType, declaredType, widened} from './column-type.js';
import {kindOf, STRING, UNTIMELY} from './kind.js';

const NULL = 0x6e;

/**
 * A row has to fit a page of 8 kB, in which a value that is stored elsewhere still takes 18 bytes: with more columns some row would
 * be refused. The fields beyond go into `_other_fields`.
 */
const mostColumns = 400;

export interface Column {
  readonly field: string;
  /** undefined: of a field without values and without a promise. */
  type: ColumnType | undefined;
  /** It has held a value: then only a wider type can follow. */
  used: boolean;
}

/** The columns that rows are written for, in order; another object as soon as one changes. */
export type Layout = readonly {readonly index: number; readonly field: string; readonly type: ColumnType}[];

/** The fields of a stream, those that the catalog promises and those that records bring, and the type that each needs. */
export class Columns {
  readonly #columns: Column[] = [];
  /** Kinds that change nothing, by column. */
  readonly #accepted: number[] = [];
  readonly #byField = new Map<string, number>();
  #layout: Layout | undefined;

  /** `stored`: the columns that the table has already. */
  constructor(target: Target, stored: readonly Column[]) {
    for (const column of stored) this.#add({...column});
    const first = [...target.key, ...(target.cursor === undefined ? [] : [target.cursor])].flatMap(
      ([root]) => root ?? [],
    );
    for (const field of new Set([...first, ...target.fields.keys()])) {
      const {length} = this.#columns;
      if (this.#byField.has(field) || length >= mostColumns) continue;
      this.#add({field, type: declaredType(target.fields.get(field)), used: false});
    }
  }

  get count(): number {
    return this.#columns.length;
  }

  get all(): readonly Readonly<Column>[] {
    return this.#columns;
  }

  get layout(): Layout {
    this.#layout ??= this.#columns.flatMap(({field, type}, index) =>
      type === undefined ? [] : [{index, field, type}],
    );
    return this.#layout;
  }

  /** The index of a field's column; a new one unless the value is null. undefined: none. */
  of(field: string, isNull: boolean): number | undefined {
    const known = this.#byField.get(field);
    if (known !== undefined || isNull || this.#columns.length >= mostColumns) return known;
    return this.#add({field, type: undefined, used: false});
  }

  /** Widens the columns that cannot hold the values of a record. `spans`: start and end of the k-th column's value, or -1. */
  admit(bytes: Buffer, spans: Int32Array): void {
    const count = this.#columns.length;
    for (let k = 0; k < count; k++) {
      const from = spans[2 * k] ?? -1;
      if (from < 0 || bytes[from] === NULL) continue;
      const to = spans[2 * k + 1] ?? -1;
      let kind = kindOf(bytes, from, to);
      const type = this.#columns[k]?.type;
      if (kind === STRING && !isTimely(type, bytes, from, to)) kind = STRING | UNTIMELY;
      if ((kind & ~(this.#accepted[k] ?? 0)) !== 0) this.#widen(k, kind);
    }
  }

  #widen(index: number, kind: number): void {
    const column = this.#columns[index];
    if (column === undefined) return;
    const type = widened(column.used ? column.type : undefined, kind, column.type);
    if (type !== column.type) this.#layout = undefined;
    column.type = type;
    column.used = true;
    this.#accepted[index] = accepted[type];
  }

  #add(column: Column): number {
    const index = this.#columns.push(column) - 1;
    this.#accepted.push(column.used && column.type !== undefined ? accepted[column.type] : 0);
    this.#byField.set(column.field, index);
    if (column.type !== undefined) this.#layout = undefined;
    return index;
  }
}
