import {counted} from '../counted.js';
import type {RequestStats} from '../http/answer.js';

/** What a stream's read came to, in one line: records, pages, requests, retries, waits, bytes, why its walks ended. */
export function summaryLine(
  name: string,
  records: number,
  stats: RequestStats,
  ended: ReadonlyMap<string, number> | 'failed' | 'stopped',
): string {
  const parts = [counted(records, 'record'), counted(stats.pages, 'page'), counted(stats.requests, 'request')];
  if (stats.retries > 0) parts.push(counted(stats.retries, 'retry', 'retries'));
  if (stats.waitedMs >= 100) parts.push(`waited ${(stats.waitedMs / 1_000).toFixed(1)} s`);
  parts.push(sizeText(stats.bytes));
  return `${name}: ${parts.join(', ')}; ${typeof ended === 'string' ? ended : `ended: ${reasonsText(ended)}`}`;
}

function reasonsText(reasons: ReadonlyMap<string, number>): string {
  const texts = [...reasons].map(([reason, times]) => (times > 1 ? `${reason} (${times} times)` : reason));
  return texts.length > 0 ? texts.join(', ') : 'nothing to read';
}

function sizeText(bytes: number): string {
  if (bytes < 1_000) return counted(bytes, 'byte');
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
