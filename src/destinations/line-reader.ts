const LINE_FEED = 0x0a;

/**
 * Cuts a stream of bytes into lines without copying them, but for the one that two chunks share. After `next` answers true,
 * `bytes` from `start` to `end` is the line without its line feed, valid until the next call.
 */
export class LineReader {
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Pieces of a line whose end has not come yet; joined once, so a long line costs no more than its length. */
  #pieces: Buffer[] = [];

  feed(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /** False: the chunk is used up, its last bytes are kept for the next one. */
  next(): boolean {
    const feed = this.#chunk.indexOf(LINE_FEED, this.#at);
    if (feed < 0) {
      if (this.#at < this.#chunk.length) this.#pieces.push(this.#chunk.subarray(this.#at));
      this.#at = this.#chunk.length;
      return false;
    }
    if (this.#pieces.length === 0) {
      this.bytes = this.#chunk;
      this.start = this.#at;
      this.end = feed;
    } else {
      this.#join([...this.#pieces, this.#chunk.subarray(this.#at, feed)]);
    }
    this.#at = feed + 1;
    return true;
  }

  /** The last line, when the stream ended without a line feed. */
  last(): boolean {
    if (this.#pieces.length === 0) return false;
    this.#join(this.#pieces);
    return true;
  }

  #join(pieces: readonly Buffer[]): void {
    this.bytes = Buffer.concat(pieces);
    this.start = 0;
    this.end = this.bytes.length;
    this.#pieces = [];
  }
}
