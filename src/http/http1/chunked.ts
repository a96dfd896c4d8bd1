/** Of a chunk's size with its extensions, and of all trailers, in bytes. */
const longestLine = 16_384;
const largestTrailers = 65_536;

const LF = 0x0a;
const CR = 0x0d;

type State = 'size' | 'extension' | 'size end' | 'data' | 'data end' | 'trailer' | 'trailer end' | 'done' | 'broken';

/** Takes chunks apart (RFC 9112 §7.1); extensions and trailers are dropped. Bytes may be cut anywhere. A line feed alone ends a line,
 * a carriage return alone none. */
export class Chunks {
  #state: State = 'size';
  /** Bytes left of the chunk; while its size is read, that so far. */
  #left = 0;
  /** Digits of the size, bytes of its line, or bytes of the trailers so far. */
  #seen = 0;
  /** Bytes of the trailer's line so far. */
  #inLine = 0;

  /** The last chunk and its trailers have ended. */
  get isDone(): boolean {
    return this.#state === 'done';
  }

  /** These are no chunks. */
  get isBroken(): boolean {
    return this.#state === 'broken';
  }

  /** Hands on the data in `bytes` from `from` to `to`; returns the index behind what was taken, which is `to` unless it is done or broken. */
  take(bytes: Buffer, from: number, to: number, data: (bytes: Buffer, from: number, to: number) => void): number {
    let at = from;
    while (at < to && this.#state !== 'done' && this.#state !== 'broken') {
      if (this.#state === 'data') {
        const size = Math.min(this.#left, to - at);
        data(bytes, at, at + size);
        at += size;
        this.#left -= size;
        if (this.#left === 0) this.#state = 'data end';
      } else {
        this.#state = this.#next(bytes[at] ?? 0);
        at++;
      }
    }
    return at;
  }

  #next(byte: number): State {
    this.#seen++;
    switch (this.#state) {
      case 'size':
        return this.#size(byte);
      case 'extension':
        if (this.#seen > longestLine) return 'broken';
        if (byte === LF) return this.#sized();
        return byte === CR ? 'size end' : 'extension';
      case 'size end':
        return byte === LF ? this.#sized() : 'broken';
      case 'data end':
        if (byte === CR && this.#seen === 1) return 'data end';
        this.#restart();
        return byte === LF ? 'size' : 'broken';
      case 'trailer end':
        return byte === LF ? this.#trailer(byte) : 'broken';
      default:
        return this.#trailer(byte);
    }
  }

  #size(byte: number): State {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      if (this.#seen > longestLine) return 'broken';
      this.#left = this.#left * 16 + digit;
      return this.#left > Number.MAX_SAFE_INTEGER ? 'broken' : 'size';
    }
    if (this.#seen === 1) return 'broken';
    if (byte === LF) return this.#sized();
    if (byte === CR) return 'size end';
    return byte === 0x3b || byte === 0x20 || byte === 0x09 ? 'extension' : 'broken';
  }

  /** Behind the line of a size. */
  #sized(): State {
    this.#seen = 0;
    this.#inLine = 0;
    return this.#left > 0 ? 'data' : 'trailer';
  }

  #restart(): void {
    this.#seen = 0;
    this.#left = 0;
  }

  #trailer(byte: number): State {
    if (this.#seen > largestTrailers) return 'broken';
    if (byte === LF) {
      if (this.#inLine === 0) return 'done';
      this.#inLine = 0;
      return 'trailer';
    }
    if (byte === CR) return 'trailer end';
    this.#inLine++;
    return 'trailer';
  }
}

/** -1 for what is none. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
