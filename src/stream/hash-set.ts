/** A set of hashes of up to 64 bits, in one array: 100,000 take 2 MB, a third of what a Set of numbers takes. */
export class HashSet {
  /** A hash stands at the slot that it names or at the next free one after it; 0 is a free slot. */
  #slots = new BigUint64Array(1024);
  #size = 0;
  #hasZero = false;

  get size(): number {
    return this.#size;
  }

  has(hash: bigint): boolean {
    return hash === 0n ? this.#hasZero : this.#slots[this.#slotOf(hash)] === hash;
  }

  /** false: it was there. */
  add(hash: bigint): boolean {
    if (this.has(hash)) return false;
    this.#size++;
    if (hash === 0n) this.#hasZero = true;
    else {
      if (4 * this.#size > 3 * this.#slots.length) this.#grow();
      this.#slots[this.#slotOf(hash)] = hash;
    }
    return true;
  }

  /** In ascending order. */
  *sorted(): Generator<bigint> {
    if (this.#hasZero) yield 0n;
    for (const hash of this.#slots.slice().sort()) if (hash !== 0n) yield hash;
  }

  #slotOf(hash: bigint): number {
    const last = this.#slots.length - 1;
    let slot = Number(BigInt.asUintN(32, hash)) & last;
    for (;;) {
      const found = this.#slots[slot];
      if (found === 0n || found === hash) return slot;
      slot = (slot + 1) & last;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new BigUint64Array(2 * old.length);
    for (const hash of old) if (hash !== 0n) this.#slots[this.#slotOf(hash)] = hash;
  }
}
