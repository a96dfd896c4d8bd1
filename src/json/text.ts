/**
 * A JSON value as received: bytes `start` (inclusive) to `end` (exclusive) of valid UTF-8 JSON without a raw line break.
 * Nothing sent, stored or emitted is rebuilt from a double: values travel as this.
 */
export interface JsonText {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}
