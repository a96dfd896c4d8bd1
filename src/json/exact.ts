/**
 * JSON values without loss: a number whose shortest double text is not its source text is kept as text.
 * Objects have a null prototype, so `__proto__` is a key like any other; of duplicate keys the last one counts.
 */
export type Json = null | boolean | number | string | ExactNumber | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A number that a double cannot hold as it was written: 9007199254740993, 1.10, 1e400. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
