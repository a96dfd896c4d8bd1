import type {RecordFields} from '../record-fields.js';
import type {Layout} from './columns.js';
import {CopyText} from './copy-text.js';

const NULL = 0x6e;
const TAB = 0x09;
const LINE_FEED = 0x0a;

/** Epoch ms of the years 1 to 275760, which both JavaScript and PostgreSQL have. */
const earliest = -62_135_596_800_000;
const latest = 8_640_000_000_000_000;

/** Rows of one layout, as COPY takes them: their number, when they were emitted, the columns, and what no column holds. */
export class Chunk {
  readonly layout: Layout;
  /** Some row has members that no column holds as they came. */
  hasOthers = false;
  readonly #text: CopyText;
  /** Columns of the row whose value is not the whole truth. */
  readonly #changed: {readonly field: string; readonly from: number; readonly to: number}[] = [];

  constructor(layout: Layout, size: number) {
    this.layout = layout;
    this.#text = new CopyText(size);
  }

  get size(): number {
    return this.#text.size;
  }

  bytes(): Buffer {
    return this.#text.bytes();
  }

  /** `emittedAt`: epoch ms. */
  add(bytes: Buffer, fields: RecordFields, number: number, emittedAt: number): void {
    const text = this.#text;
    const {spans} = fields;
    this.#changed.length = 0;
    text.plain(String(number));
    text.byte(TAB);
    text.plain(String(Math.min(Math.max(emittedAt, earliest), latest)));
    for (const {index, field, type} of this.layout) {
      text.byte(TAB);
      const from = spans[2 * index] ?? -1;
      if (from < 0 || bytes[from] === NULL) {
        text.plain('\\N');
        continue;
      }
      const to = spans[2 * index + 1] ?? -1;
      let isChanged = false;
      switch (type) {
        case 'text':
          isChanged = text.text(bytes, from, to);
          break;
        case 'json':
          isChanged = text.readableJson(bytes, from, to);
          break;
        case 'timestamp with zone':
        case 'timestamp':
        case 'date':
          text.raw(bytes, from + 1, to - 1);
          break;
        default:
          text.raw(bytes, from, to);
      }
      if (isChanged) this.#changed.push({field, from, to});
    }
    text.byte(TAB);
    this.#others(bytes, fields.others);
    text.byte(LINE_FEED);
  }

  #others(bytes: Buffer, others: readonly number[]): void {
    const text = this.#text;
    if (others.length === 0 && this.#changed.length === 0) {
      text.plain('\\N');
      return;
    }
    this.hasOthers = true;
    let before = 0x7b;
    for (let i = 0; i < others.length; i += 2) {
      text.byte(before);
      text.json(bytes, others[i] ?? 0, others[i + 1] ?? 0);
      before = 0x2c;
    }
    for (const {field, from, to} of this.#changed) {
      text.byte(before);
      const name = Buffer.from(`${JSON.stringify(field)}:`, 'utf8');
      text.json(name, 0, name.length);
      text.json(bytes, from, to);
      before = 0x2c;
    }
    text.byte(0x7d);
  }
}
