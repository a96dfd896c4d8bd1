import type {AnswerHeaders} from '../http/answer-headers.js';
import {headerTotal} from './total.js';

/** Headers that name the next page of a list, other than Link. */
const nextHeaders = [
  ...['x-next-page', 'x-next-cursor', 'x-next-token', 'next-cursor'],
  ...['x-continuation-token', 'continuation-token', 'x-ms-continuationtoken'],
];

/** Headers that count the items of a list. */
const totalHeaders = ['x-total', 'x-total-count', 'x-wp-total', 'x-total-results', 'x-pagination-total-count'];

/** What the headers of the last page say against the end of a walk that covered so many items (undefined: not comparable). */
export function headerEvidence(headers: AnswerHeaders, covered: number | undefined): readonly string[] {
  const found: string[] = [];
  for (const name of nextHeaders) {
    const value = headers.get(name)?.trim() ?? '';
    if (value === '' || /^(null|none|0|false)$/i.test(value)) continue;
    found.push(`the header ${name} is ${JSON.stringify(value.slice(0, 80))}`);
    break;
  }
  for (const name of totalHeaders) {
    const total = headerTotal(headers, name);
    if (covered === undefined || total === undefined || total <= covered) continue;
    found.push(`the header ${name} is ${total}, the rows received are ${covered}`);
    break;
  }
  return found;
}
