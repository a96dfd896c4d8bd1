import type {OpenSpool, Spool} from '../spool.js';

/** Bytes of one parent's rows that are kept in memory; further ones go to a file (config-language §9). */
const inMemory = 64 * 1024 * 1024;
const chunk = 64 * 1024;

/** A row as one text: its values, JSON without line breaks, one a line; an empty line is no value. */
export type StoredRow = string;

/** Whole rows in memory: `filled` bytes of it. */
interface Chunk {
  readonly bytes: Buffer;
  filled: number;
}

/**
 * The rows of a parent in their order, for any number of readers that may begin at any time. Where no file can be written
 * it stops keeping rows (`lost`), and readers fetch the rest on their own.
 */
export class RowStore {
  readonly #openSpool: OpenSpool | undefined;
  readonly #limit: number;
  /** Bytes, for strings take three times as much. */
  readonly #chunks: Chunk[] = [];
  #bytes = 0;
  #spool: Spool | undefined;
  #spooled = 0;
  #lost = false;

  constructor(openSpool: OpenSpool | undefined, limit = inMemory) {
    this.#openSpool = openSpool;
    this.#limit = limit;
  }

  get lost(): boolean {
    return this.#lost;
  }

  async add(rows: readonly StoredRow[]): Promise<void> {
    if (this.#lost || rows.length === 0) return;
    const bytes = Buffer.from(`${rows.join('\n')}\n`);
    if (this.#spool === undefined && this.#bytes < this.#limit) {
      this.#keep(bytes);
      return;
    }
    try {
      this.#spool ??= await this.#open();
      await this.#spool.append(bytes);
      this.#spooled += bytes.length;
    } catch {
      this.#lost = true;
    }
  }

  #keep(bytes: Buffer): void {
    this.#bytes += bytes.length;
    const last = this.#chunks.at(-1);
    if (last !== undefined && last.filled + bytes.length <= last.bytes.length) {
      last.filled += bytes.copy(last.bytes, last.filled);
      return;
    }
    const fresh = Buffer.allocUnsafeSlow(Math.max(chunk, bytes.length));
    this.#chunks.push({bytes: fresh, filled: bytes.copy(fresh)});
  }

  #open(): Promise<Spool> {
    if (this.#openSpool === undefined) throw new Error('no temporary file');
    return this.#openSpool();
  }

  /** A reader from the first row on: gives what is there, then undefined; ask again after `add`. */
  reader(lines: number): () => Promise<StoredRow | undefined> {
    const inMemoryText = this.#texts();
    let position = 0;
    let text = '';
    let at = 0;
    return async () => {
      for (;;) {
        const end = endOfLines(text, at, lines);
        if (end >= 0) {
          const row = text.slice(at, end);
          at = end + 1;
          return row;
        }
        const kept = inMemoryText();
        if (kept !== undefined) {
          text = kept;
          at = 0;
          continue;
        }
        if (this.#spool === undefined || position >= this.#spooled) return undefined;
        const bytes = await this.#spool.read(position, Math.min(chunk, this.#spooled - position));
        const whole = wholeCharacters(bytes);
        position += whole;
        text = text.slice(at) + bytes.toString('utf8', 0, whole);
        at = 0;
      }
    };
  }

  /** What is in memory, piece by piece, each of whole rows. */
  #texts(): () => string | undefined {
    let index = 0;
    let from = 0;
    return () => {
      for (;;) {
        const part = this.#chunks[index];
        if (part === undefined) return undefined;
        if (from < part.filled) {
          const text = part.bytes.toString('utf8', from, part.filled);
          from = part.filled;
          return text;
        }
        if (index === this.#chunks.length - 1) return undefined;
        index++;
        from = 0;
      }
    };
  }

  async close(): Promise<void> {
    await this.#spool?.close();
  }
}

/** Where the `lines`-th line from `at` on ends; -1 if it is not there yet. */
function endOfLines(text: string, at: number, lines: number): number {
  let end = at - 1;
  for (let line = 0; line < lines; line++) {
    end = text.indexOf('\n', end + 1);
    if (end < 0) return -1;
  }
  return end;
}

/** How many bytes hold whole UTF-8 characters: a chunk may end inside one. */
function wholeCharacters(bytes: Buffer): number {
  let start = bytes.length - 1;
  while (start >= 0 && bytes.length - start < 4 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  const lead = bytes[start] ?? 0;
  const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start >= 0 && start + size > bytes.length ? start : bytes.length;
}
