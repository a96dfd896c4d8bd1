import type {Json} from '../json/exact.js';
import type {Bound, Instant} from './value.js';

/** A spelling of cursor values: a name, a strftime pattern, or {from, to, tz, plus} (config-language §8, Formats). */
export interface Format {
  readonly text: string;
  /** Rounds down to what the spelling can express. Throws ConnectorError for a value it cannot spell. */
  print(value: Bound): Json;
  /** undefined where the value is not spelled like this. */
  parse(value: Json): Instant | undefined;
}
