import {counted} from '../counted.js';
import {configError} from '../errors.js';
import type {Answer} from '../http/answer.js';
import type {Json} from '../json/exact.js';
import {pageValue} from './envelope.js';
import type {Next, Paginator, Position} from './paginator.js';
import type {Reading, Rules} from './rules.js';

/** The keys of a body, as far as they help to find the right path. */
function keysOf(answer: Answer): string {
  const value = pageValue(answer);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'the body is no object';
  return `the body has the keys ${Object.keys(value).slice(0, 30).join(', ') || '(none)'}`;
}

/**
 * The end of a walk that follows what the server names: nothing more is named. While the flag says more that is an error
 * after the page's rows, because rows are missing (config-language §5, *No end against evidence*).
 */
export function noNext(rules: Rules, reading: Reading, what: {readonly reason: string; readonly key: string}): Next {
  if (reading.says !== 'more') return rules.end(reading, {reason: what.reason});
  const error = configError(
    `${rules.place}: the flag says that there are more pages, but ${what.key} names none after page ` +
      `${reading.progress.pages} (${counted(reading.progress.rows, 'row')}); ${keysOf(reading.answer)}`,
  );
  return rules.end(reading, {reason: what.reason, wanted: true, error});
}

/** `repeated` of the types that follow a cursor or a link. `hint`: what may be the reason, behind the message. */
export const repeatedPosition =
  (rules: Rules, key: string, hint = ''): NonNullable<Paginator['repeated']> =>
  (at: Position, answer: Answer, what) =>
    rules.repeated(
      at,
      answer,
      what,
      () =>
        `${key} names a position that was requested before in this walk, which would never end${hint}; ` +
        'write on_repeat: end if it marks the last page, or on_repeat: follow for a scroll that keeps its cursor',
    );

/** The text at a key of a position. */
export const textAt = (at: Position, key: string): string | undefined => {
  const value: Json | undefined = at[key];
  return typeof value === 'string' ? value : undefined;
};
