const AROUND = 20;

/** Text that is not JSON (RFC 8259), or that nests more deeply than its reader can go. `offset` counts bytes from the start of the buffer. */
export class JsonSyntaxError extends Error {
  readonly offset: number;
  readonly reason: string;
  /** The reason is NaN, Infinity or -Infinity where a value stands: `replaceNonFinite` helps. */
  readonly nonFinite: boolean;

  constructor(reason: string, bytes: Buffer, offset: number, nonFinite = false) {
    super(`${reason} at byte ${offset}, near ${JSON.stringify(around(bytes, offset))}`);
    this.name = 'JsonSyntaxError';
    this.offset = offset;
    this.reason = reason;
    this.nonFinite = nonFinite;
  }
}

/** The 40 characters around a byte. One character has at most four bytes; cut sequences at both ends are dropped. */
function around(bytes: Buffer, offset: number): string {
  const before = [...bytes.toString('utf8', Math.max(0, offset - 4 * AROUND), offset)].slice(-AROUND);
  const after = [...bytes.toString('utf8', offset, offset + 4 * AROUND)].slice(0, AROUND);
  return [...before, ...after].join('');
}
