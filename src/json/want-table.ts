import type {Want} from './wants.js';

// As `assembly/scan.ts` reads them, in bytes.
const WANT = 32;
const NAME = 12;
const IS_RECORDS = 1;
const IS_RECORD = 2;
const LONGEST = 31;

/**
 * The automaton of a plan as the engine reads it, the root first: wants of eight words, lists of names, slots and key bytes.
 * `address`: where it will lie. Its length is a multiple of eight. undefined: it takes more than `room` bytes, or an element is
 * wanted by its index, which the engine does not know.
 */
export function layOut(root: Want, address: number, room: number): Uint8Array | undefined {
  const wants = [root];
  const placeOf = new Map<Want, number>([[root, 0]]);
  const place = (want: Want): void => {
    placeOf.set(want, WANT * wants.length);
    wants.push(want);
  };
  // Wants that the loop adds are visited as well.
  for (const {names, indexes, rest} of wants) {
    if (indexes !== undefined || WANT * wants.length > room) return undefined;
    for (const {want} of names) place(want);
    if (rest !== undefined) place(rest);
  }
  const table = new Tail(WANT * wants.length, address);
  wants.forEach((want, index) => {
    const {names, rest, facts, fields} = want;
    const at = (child: Want): number => address + (placeOf.get(child) ?? 0);
    const list = names.flatMap(({raw, want: child}) => [raw.length, table.bytes(raw), at(child)]);
    const lengths = names.reduce((bits, {raw}) => bits | (1 << Math.min(raw.length, LONGEST)), 0);
    table.words(
      [
        (want.isRecords ? IS_RECORDS : 0) | (want.isRecord ? IS_RECORD : 0),
        0,
        rest === undefined ? 0 : at(rest),
        table.list(list),
        list.length / (NAME / 4),
        lengths,
        table.list([facts.length, ...facts]),
        table.list([fields.length, ...fields]),
      ],
      WANT * index,
    );
  });
  return table.length > room ? undefined : table.take();
}

/** Bytes with a head of known size, to which lists are appended. */
class Tail {
  readonly #address: number;
  #memory: Buffer;
  length: number;

  constructor(head: number, address: number) {
    this.#memory = Buffer.alloc(2 * head + 1_024);
    this.#address = address;
    this.length = head;
  }

  /** Appended, aligned to words; its address. */
  bytes(bytes: Uint8Array): number {
    const at = this.length;
    this.length = (at + bytes.length + 7) & ~7;
    if (this.length > this.#memory.length) this.#memory = Buffer.concat([this.#memory, Buffer.alloc(this.length)]);
    this.#memory.set(bytes, at);
    return this.#address + at;
  }

  list(words: readonly number[]): number {
    return this.bytes(new Uint8Array(Int32Array.from(words).buffer));
  }

  words(words: readonly number[], at: number): void {
    this.#memory.set(new Uint8Array(Int32Array.from(words).buffer), at);
  }

  take(): Uint8Array {
    return this.#memory.subarray(0, this.length);
  }
}
