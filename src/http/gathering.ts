/** Beyond it chunks go into one buffer at once: kept apart and joined at the end they would need the memory twice. */
const small = 1024 * 1024;

/** Gathers the chunks of a body. `announced`: its length, if the server named one that is allowed; 0 else. */
export class Gathering {
  readonly #announced: number;
  #chunks: Buffer[] = [];
  #large: Buffer | undefined;
  #length = 0;

  constructor(announced: number) {
    this.#announced = announced;
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  add(chunk: Buffer): void {
    const before = this.#length;
    this.#length += chunk.length;
    if (this.#length <= small) {
      this.#chunks.push(chunk);
      return;
    }
    if (this.#large === undefined || this.#large.length < this.#length) this.#large = this.#larger();
    chunk.copy(this.#large, before);
  }

  /** The whole; nothing may be added afterwards. */
  take(): Buffer {
    if (this.#large !== undefined) return this.#large.subarray(0, this.#length);
    const [first] = this.#chunks;
    return first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks, this.#length);
  }

  /** Memory that is not written to yet is not used yet, so there may be twice as much. */
  #larger(): Buffer {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#announced, 2 * this.#length));
    let at = 0;
    for (const part of [...(this.#large === undefined ? [] : [this.#large]), ...this.#chunks])
      at += part.copy(larger, at);
    this.#chunks = [];
    return larger;
  }
}
