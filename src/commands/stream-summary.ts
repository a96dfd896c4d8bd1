import {listOr, objectOr} from '../airbyte/input.js';
import type {RequestStats} from '../http/answer.js';
import {parseExact} from '../json/exact.js';

/** The `type` of the TRACE ANALYTICS with which `read` sums up a stream for `sync`. Its value is the JSON of a StreamSummary. */
export const summaryType = 'source-rest-api/stream-summary';

/** What a stream's read came to. */
export interface StreamSummary {
  readonly stream: string;
  readonly namespace?: string;
  readonly records: number;
  readonly pages: number;
  readonly requests: number;
  readonly retries: number;
  /** Spent in waits that the server named. */
  readonly waitedMs: number;
  readonly bytes: number;
  /** Why its walks ended, with how many did so. */
  readonly reasons: readonly (readonly [string, number])[];
}

export function summarize(
  stream: {readonly name: string; readonly namespace?: string},
  records: number,
  {pages, requests, retries, waitedMs, bytes}: RequestStats,
  reasons: ReadonlyMap<string, number> | undefined,
): StreamSummary {
  const namespace = stream.namespace === undefined ? {} : {namespace: stream.namespace};
  return {
    stream: stream.name,
    ...namespace,
    records,
    pages,
    requests,
    retries,
    waitedMs,
    bytes,
    reasons: [...(reasons ?? [])],
  };
}

export const printSummary = (summary: StreamSummary): string => JSON.stringify(summary);

/** undefined for what is no summary. */
export function readSummary(value: string): StreamSummary | undefined {
  let summary: ReturnType<typeof objectOr>;
  try {
    summary = objectOr(parseExact(value));
  } catch {
    return undefined;
  }
  const stream = summary?.['stream'];
  if (summary === undefined || typeof stream !== 'string') return undefined;
  const number = (name: string): number => {
    const found = summary[name];
    return typeof found === 'number' ? found : 0;
  };
  const namespace = summary['namespace'];
  return {
    stream,
    ...(typeof namespace === 'string' ? {namespace} : {}),
    records: number('records'),
    pages: number('pages'),
    requests: number('requests'),
    retries: number('retries'),
    waitedMs: number('waitedMs'),
    bytes: number('bytes'),
    reasons: (listOr(summary['reasons']) ?? []).flatMap((entry) => {
      const [reason, times] = listOr(entry) ?? [];
      return typeof reason === 'string' ? [[reason, typeof times === 'number' ? times : 1] as const] : [];
    }),
  };
}
