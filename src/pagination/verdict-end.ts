import type {Answer} from '../http/answer.js';
import type {WalkEnd} from './walk-event.js';

/** Where in its walk an answer stands. */
interface Standing {
  /** It answers the first request of a resumed walk. */
  readonly resumed: boolean;
  /** No page of the slice came before it. */
  readonly firstPage: boolean;
  readonly child: boolean;
  readonly numbered: boolean;
}

/** A 4xx that may speak of a position which the server no longer knows (contract, *A refused position*). */
const isStale = (status: number): boolean =>
  status >= 400 && status < 500 && ![401, 403, 408, 425, 429].includes(status);

const end = (outcome: WalkEnd['outcome'], reason: string, level?: 'warn' | 'info'): WalkEnd => ({
  type: 'end',
  reason,
  suspicious: level === 'warn',
  outcome,
  notes: level === 'info' ? [{level, key: 'pagination.verdict', text: reason}] : [],
});

function skipped({status, url, request}: Answer): WalkEnd {
  const refused = `${request.method} ${url.href}`;
  const text =
    `a parent is skipped: ${refused} answered ${status} on its first page ` +
    `(response_actions: {status_code: ${status}, action: ignore} expects that, raise makes it an error)`;
  return {
    ...end('skipped', `status ${status} on the first page`),
    notes: [{level: 'warn', key: `pagination.skipped.${status}`, text}],
    refused: `${refused} answered ${status}`,
  };
}

/**
 * The end that an answer's verdict alone decides: `response_actions` (config-language §10), the refused position of a
 * resumed walk (contract), a child that is not there (§9). undefined: the paginator decides. Throws the refusal for
 * `stop` on the first page.
 */
export function verdictEnd(answer: Answer, standing: Standing): WalkEnd | undefined {
  const {status} = answer;
  switch (answer.verdict) {
    case 'page':
      return undefined;
    case 'ignore': {
      const isOver = standing.firstPage || (standing.numbered && status >= 400 && status < 500);
      const reason = `status ${status} is ignored by response_actions`;
      return !answer.retryable && isOver
        ? end('done', reason, 'info')
        : end('unfinished', `${reason}: the rest of the slice is not read, its cursor stays`, 'warn');
    }
    case 'stop':
      if (standing.firstPage && answer.refusal !== undefined) throw answer.refusal;
      return end('done', `status ${status} stops the walk (response_actions)`);
    case 'refused':
      if (standing.resumed && isStale(status))
        return end('restart', `the position kept in the state was refused with status ${status}`, 'warn');
      return standing.firstPage && standing.child && (status === 404 || status === 410) ? skipped(answer) : undefined;
  }
}
