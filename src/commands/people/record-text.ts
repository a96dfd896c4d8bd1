import type {Batch} from '../../body/page.js';

/** A record as `read` writes it: its own text, with the columns from its parent before the final brace. */
export function recordText(batch: Batch, index: number, suffix: Buffer | undefined): string {
  const start = batch.spans[2 * index] ?? 0;
  const text = batch.bytes.toString('utf8', start, batch.spans[2 * index + 1] ?? start);
  if (suffix === undefined) return text;
  const own = text.slice(0, text.lastIndexOf('}'));
  const columns = suffix.toString('utf8');
  return `${own}${own.trimEnd() === '{' ? columns.slice(1) : columns}}`;
}
