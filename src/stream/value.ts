import type {Json} from '../json/exact.js';

/** An instant with all its digits: epoch ms (floor) and the decimal digits of the second's fraction beyond ms ("" if none). */
export interface Instant {
  readonly ms: number;
  readonly beyond: string;
}

/** A start or end that is sent: spelled as the start value is, and as an instant where it is a time. */
export interface Bound {
  readonly json: Json;
  readonly time?: Instant;
}
