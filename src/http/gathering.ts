/** Up to here an announced length is made room for at once. */
const large = 16 * 1024 * 1024;
/** Room for a body of unknown length, at first. */
const first = 16_384;
/** Of one piece that is put into its place at once: what waits for room in the budget is no more than that. */
const largestPiece = 262_144;
/** Below it copying is cheaper. */
const smallestPiece = 16_384;
/** Below it a body keeps no memory that it does not need. */
const small = 1024 * 1024;

const nothing = Buffer.alloc(0);

/** Gathers the pieces of a body. `announced`: its length, if the server named one that is allowed; 0 else. */
export class Gathering {
  readonly #announced: number;
  #buffer = nothing;
  #length = 0;

  constructor(announced: number) {
    this.#announced = announced;
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  add(bytes: Buffer, from: number, to: number): void {
    const length = this.#length + to - from;
    if (length > this.#buffer.length) this.#grow(length);
    bytes.copy(this.#buffer, this.#length, from, to);
    this.#length = length;
  }

  /** Room for at most `most` bytes that follow, if there is any worth while; see Receiver. */
  room(most: number): Buffer | undefined {
    const size = Math.min(this.#buffer.length - this.#length, most, largestPiece);
    return size < smallestPiece ? undefined : this.#buffer.subarray(this.#length, this.#length + size);
  }

  /** So many bytes were put into what `room` gave last. */
  filled(size: number): void {
    this.#length += size;
  }

  /** The whole; nothing may be added afterwards. */
  take(): Buffer {
    const whole = this.#buffer.subarray(0, this.#length);
    return this.#length < small && this.#length < this.#buffer.length ? Buffer.from(whole) : whole;
  }

  /** Memory that is not written to yet is not used yet, so there may be twice as much. */
  #grow(length: number): void {
    const begins = this.#length === 0;
    const size = begins && this.#announced <= large ? Math.max(length, this.#announced || first) : 2 * length;
    const larger = Buffer.allocUnsafeSlow(Math.max(size, begins ? 0 : this.#announced));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
