import type {Attempt} from '../http/answer.js';
import {namedWait} from '../http/retry-wait.js';

/** ms: shorter waits are not worth a line. */
const worthSaying = 5_000;

/**
 * The LOG line of a wait that begins, for an attempt that is repeated after 5 s or more: `customers: waiting until 12:03:10
 * (60 s), the server asks to: GET https://… answered 429`. `now` in epoch ms; the URL is without credentials.
 */
export function waitLine({stream, request, url, status, error, wait, retry, responseHeaders}: Attempt, now: number) {
  if (wait === undefined || wait < worthSaying) return undefined;
  const isAsked =
    status !== undefined && responseHeaders !== undefined && namedWait(status, responseHeaders, now) !== undefined;
  const why = isAsked ? 'the server asks to' : `before try ${retry + 2}`;
  const result = status === undefined ? `failed: ${error ?? 'no answer'}` : `answered ${status}`;
  const until = clockTime(now + wait, now);
  return `${stream}: waiting until ${until} (${Math.ceil(wait / 1_000)} s), ${why}: ${request.method} ${url} ${result}`;
}

/** A line of `waitLine`, heard from a child. */
export const isWaitLine = (text: string): boolean => /: waiting until [\d:. -]+ \(\d+ s\), /.test(text);

/** `12:03:10` by the local clock, with the day before it where it is not today. */
export function clockTime(at: number, now: number): string {
  const time = new Date(Math.min(at, 8.64e15));
  const text = time.toTimeString().slice(0, 8);
  return time.toDateString() === new Date(now).toDateString() ? text : `${time.toISOString().slice(0, 10)} ${text}`;
}
