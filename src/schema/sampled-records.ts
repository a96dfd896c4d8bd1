import type {Batch} from '../body/page.js';
import type {JsonText} from '../json/text.js';

/** So many records are looked at in full; then the first of every page and one in `interval`. */
const inFull = 1_000;
const interval = 100;

/** The records of a page that are looked at: each would cost as much as reading it. `seen`: records of the pages before. */
export function* sampledRecords(batch: Batch, seen: number): Generator<JsonText> {
  for (let i = 0; i < batch.count; i += seen + i < inFull ? 1 : interval - ((seen + i) % interval)) {
    yield {bytes: batch.bytes, start: batch.spans[2 * i] ?? 0, end: batch.spans[2 * i + 1] ?? 0};
  }
}
