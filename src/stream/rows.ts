import type {Batch} from '../body/page.js';

/** The rows of a batch that are flagged with 1; the batch itself where all are. Bytes are shared. */
export function keepRows(batch: Batch, flags: Uint8Array, count: number): Batch {
  if (count === batch.count) return batch;
  const pick = (spans: Int32Array): Int32Array => {
    const picked = new Int32Array(2 * count);
    let at = 0;
    for (let i = 0; i < batch.count; i++) {
      if (flags[i] !== 1) continue;
      picked[at++] = spans[2 * i] ?? -1;
      picked[at++] = spans[2 * i + 1] ?? -1;
    }
    return picked;
  };
  return {...batch, count, spans: pick(batch.spans), fields: batch.fields.map(pick)};
}

/** No rows, for pages whose records are dropped. */
export function noRows(batch: Batch): Batch {
  return keepRows(batch, new Uint8Array(batch.count), 0);
}
