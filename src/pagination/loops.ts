import {createHash, hash} from 'node:crypto';
import type {Batch} from '../body/page.js';
import type {RequestSpec} from '../http/request.js';
import {withQuery} from '../http/url.js';
import {printExact} from '../json/exact.js';

/** SHA-256 as text, as far as 64 bits. */
const digits64 = 11;

function bodyText({body}: RequestSpec): string {
  switch (body?.kind) {
    case undefined:
      return '';
    case 'json':
      return printExact(body.value);
    case 'form':
      return JSON.stringify(body.pairs);
    case 'text':
      return body.text;
  }
}

/** What tells one request of a walk from another, as a 64-bit hash: url, query and body. */
export const requestHash = (request: RequestSpec): string =>
  hash('sha256', `${request.method} ${withQuery(request.url, request.query)}\n${bodyText(request)}`, 'base64url').slice(
    0,
    digits64,
  );

/** Hash of the records of a page, 64 bits; undefined where there are none. */
export function recordsHash(batch: Batch): string | undefined {
  if (batch.count === 0) return undefined;
  const records = createHash('sha256');
  for (let record = 0; record < batch.count; record += 1) {
    records.update(batch.bytes.subarray(batch.spans[2 * record], batch.spans[2 * record + 1])).update(separator);
  }
  return records.digest('base64url').slice(0, digits64);
}

const separator = Buffer.from('\n');

/** Whether two pages hold the same records, byte by byte, and at least one. Differing pages differ early. */
export function sameRecords(a: Batch, b: Batch): boolean {
  if (a.count === 0 || a.count !== b.count) return false;
  for (let record = 0; record < a.count; record += 1) {
    const left = a.bytes.subarray(a.spans[2 * record], a.spans[2 * record + 1]);
    if (!left.equals(b.bytes.subarray(b.spans[2 * record], b.spans[2 * record + 1]))) return false;
  }
  return true;
}
