import type {Chunk} from './chunk.js';
import {type ColumnType, converted, sqlTypes} from './column-type.js';
import type {Connection} from './connection.js';

let tables = 0;

/**
 * Rows on their way: a temporary table, which nobody else sees and which goes with the session. `n` counts them in the order they
 * came, `c0`, `c1`, … are the columns by their index.
 */
export class Staging {
  readonly table = `pg_temp."rows_${++tables}"`;
  /** Types by index. */
  readonly #types = new Map<number, ColumnType>();
  #exists = false;
  #hasOthers = false;

  /** Some row since `clear` has others. */
  get hasOthers(): boolean {
    return this.#hasOthers;
  }

  async load(connection: Connection, chunk: Chunk): Promise<void> {
    await this.#fit(connection, chunk);
    const columns = ['n', 'emitted', ...chunk.layout.map(({index}) => `c${index}`), 'others'];
    await connection.copy(`COPY ${this.table} (${columns.join(', ')}) FROM STDIN`, chunk.bytes());
    this.#hasOthers ||= chunk.hasOthers;
  }

  async clear(connection: Connection): Promise<void> {
    if (!this.#exists) return;
    await connection.run(`TRUNCATE ${this.table}`);
    this.#hasOthers = false;
  }

  async drop(connection: Connection): Promise<void> {
    if (this.#exists) await connection.run(`DROP TABLE ${this.table}`);
    this.#exists = false;
    this.#types.clear();
  }

  async #fit(connection: Connection, {layout}: Chunk): Promise<void> {
    if (!this.#exists) {
      const columns = layout.map(({index, type}) => `c${index} ${sqlTypes[type]}`);
      await connection.run(
        `CREATE TEMPORARY TABLE ${this.table.replace('pg_temp.', '')} (${['n bigint', 'emitted bigint', ...columns, 'others json'].join(', ')})`,
      );
      this.#exists = true;
    } else {
      const changes = layout.flatMap(({index, type}) => {
        const before = this.#types.get(index);
        if (before === type) return [];
        if (before === undefined) return [`ADD COLUMN c${index} ${sqlTypes[type]}`];
        return [`ALTER COLUMN c${index} TYPE ${sqlTypes[type]} USING ${converted(`c${index}`, before, type)}`];
      });
      if (changes.length > 0) await connection.run(`ALTER TABLE ${this.table} ${changes.join(', ')}`);
    }
    for (const {index, type} of layout) this.#types.set(index, type);
  }
}
