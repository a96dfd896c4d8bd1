import {BodyError} from '../body/body-error.js';
import type {Decoder} from '../body/decode.js';
import type {Page} from '../body/page.js';
import {counted} from '../counted.js';
import {ConnectorError, configError} from '../errors.js';
import type {Path} from '../json/path.js';
import type {Note} from '../log.js';
import type {Answer, Observe, RequestStats, Send, Verdict} from './answer.js';
import type {AnswerHeaders} from './answer-headers.js';
import {type Verdict as AttemptVerdict, attempts, type Course, type Last} from './attempts.js';
import {advise, answerText, capital, describe, excerpt, requestText} from './describe.js';
import {emptyPage} from './empty-page.js';
import type {Exchange, Wire} from './exchange.js';
import {judge, type Rules, type Ruling, type Seen} from './judge.js';
import {rawAnswered} from './raw-answered.js';
import {factOf} from './reported-error.js';
import type {RequestSpec} from './request.js';
import {type RetryPolicy, waitTooLong} from './retry-wait.js';
import type {RawAnswer} from './transport.js';
import {TransportError} from './transport-error.js';
import {displayUrl, withoutUser, withQuery} from './url.js';

/** Everything about the requests of one resource. */
export interface SendPlan {
  readonly resource: string;
  /** resources[2] */
  readonly place: string;
  readonly wire: Wire;
  readonly retry: RetryPolicy;
  /** `rate_limit.max_wait` in ms. */
  readonly maxWait: number;
  /** It is the command's, not that of the configuration. */
  readonly hurried: boolean;
  readonly rules: Omit<Rules, 'retryStatuses'>;
  readonly decode: Decoder;
  /** Called with the selector that a page has settled. */
  readonly settle?: (selector: Path) => void;
  readonly stats: RequestStats;
  readonly observe?: Observe;
}

/** Permit, credentials, retries, decoding and verdict behind one call (architecture, Send). */
export function createSend(plan: SendPlan): Send {
  const course: Course = {
    wire: plan.wire,
    retry: plan.retry,
    maxWait: plan.maxWait,
    hurried: plan.hurried,
    stream: plan.resource,
    purpose: 'data',
    stats: plan.stats,
    observe: plan.observe,
  };
  const rules: Rules = {...plan.rules, retryStatuses: plan.retry.statusCodes};
  return async (request, {signal, onWait = () => undefined, resumed = false}) => {
    const verdictOn = (done: Exchange, seen: Seen): AttemptVerdict<Answer> => {
      return (last) => {
        const ruling = judge(seen, rules, {resumed, last: last !== undefined});
        return ruling.do === 'retry' ? 'retry' : conclude(ruling, {plan, request, done, seen, last});
      };
    };
    try {
      return await attempts(request, course, {signal, onWait}, (done) => {
        const seen = look(done, plan.decode);
        return seen instanceof Promise ? seen.then((each) => verdictOn(done, each)) : verdictOn(done, seen);
      });
    } catch (error) {
      throw about(error, plan);
    }
  };
}

/** Errors from below the verdict (hosts, headers, tokens) get the resource's name, and no secret leaves. */
function about(error: unknown, {resource, wire}: SendPlan): unknown {
  if (!(error instanceof ConnectorError)) return error;
  const message = wire.redact(error.message);
  const named = message.startsWith(`${resource}: `) ? message : `${resource}: ${message}`;
  return new ConnectorError(error.failureType, named, {
    ...(error.detail === undefined ? {} : {detail: wire.redact(error.detail)}),
    ...(error.status === undefined ? {} : {status: error.status}),
  });
}

/** Decodes a 2xx and makes every body readable for conditions. A promise only where the decoder gives one. */
function look(done: Exchange, decode: Decoder): Seen | Promise<Seen> {
  const {outcome} = done;
  if (outcome instanceof TransportError) return {failure: outcome};
  const {status, headers, body} = outcome;
  if (status < 200 || status > 299) return {answered: rawAnswered(outcome), headers};
  try {
    const page = decode(body, headers.get('content-type') ?? undefined);
    if (!(page instanceof Promise)) return decoded(outcome, page);
    return page.then(
      (unpacked) => decoded(outcome, unpacked),
      (error: unknown) => undecoded(outcome, error),
    );
  } catch (error) {
    return undecoded(outcome, error);
  }
}

function decoded(outcome: RawAnswer, page: Page): Seen {
  const {status, headers} = outcome;
  // Rows have no members but their own: what is asked for is one of a body that is no table.
  if (page.rowsAreRecords === true) return {answered: rawAnswered(outcome), headers, page};
  const answered = {status, text: () => answerText(outcome), fact: (path: Path) => factOf(page, path)};
  return {answered, headers, page};
}

function undecoded(outcome: RawAnswer, error: unknown): Seen {
  if (!(error instanceof BodyError)) throw error;
  return {answered: rawAnswered(outcome), headers: outcome.headers, page: error};
}

interface Case {
  readonly plan: SendPlan;
  readonly request: Answer['request'];
  readonly done: Exchange;
  readonly seen: Seen;
  readonly last: Last | undefined;
}

/** The answer that a ruling makes of an attempt, or the error it throws. */
function conclude(ruling: Exclude<Ruling, {do: 'retry'}>, found: Case): Answer {
  // Of a page nothing is said, mostly; what is said reads the body.
  if (ruling.do === 'page') return pageAnswer(ruling, found);
  const {plan, done, last} = found;
  const said = `${plan.resource}: ${describe(done, plan.wire.redact)}`;
  switch (ruling.do) {
    case 'fail': {
      const {failureType, message, reported} = ruling;
      const quoted = reported === undefined ? '' : excerpt(reported, plan.wire.redact);
      const whole = quoted === '' || said.includes(quoted) ? said : `${said} (it says ${quoted})`;
      throw new ConnectorError(failureType, withReason(whole, message, failureType, last, plan.hurried));
    }
    case 'ignore':
    case 'stop': {
      const text =
        ruling.action.message ??
        `response_actions of ${plan.place} say ${ruling.do}${ruling.do === 'stop' ? ', which is no end on a first page: action: ignore expects that' : ''}`;
      const refusal = configError(`${said}. ${text}`);
      return answer(found, ruling.do, emptyPage, {refusal, retryable: ruling.retryable, notes: []});
    }
    case 'refuse': {
      const status = done.outcome instanceof TransportError ? {} : {status: done.outcome.status};
      const refusal = configError(`${said}. ${capital(advise(done, plan.place))}`, status);
      return answer(found, 'refused', emptyPage, {refusal, retryable: ruling.retryable, notes: []});
    }
  }
}

function pageAnswer({warning, reported}: Extract<Ruling, {do: 'page'}>, found: Case): Answer {
  const {plan, done, seen} = found;
  const page = seen.failure !== undefined || seen.page instanceof Error ? undefined : seen.page;
  if (page?.settled === true) plan.settle?.(page.selector);
  const {redact} = plan.wire;
  const notes: Note[] = [];
  if (warning !== undefined) {
    const quoted =
      reported === undefined ? describe(done, redact) : `${excerpt(reported, redact)} (${requestText(done, redact)})`;
    notes.push({level: 'warn', key: 'answer.reports_error', text: `${warning}: ${quoted}`});
  }
  if (page?.rowsAreRecords === true && seen.failure === undefined && endsUnmarked(seen.headers))
    notes.push(unmarkedEnd);
  return answer(found, 'page', page ?? emptyPage, {refusal: undefined, retryable: false, notes});
}

/** Its body ends with the connection: broken off it looks the same (RFC 9112 §8). A content coding has an end of its own. */
const endsUnmarked = (headers: AnswerHeaders): boolean =>
  !headers.has('content-length') && !headers.has('transfer-encoding') && !headers.has('content-encoding');

const unmarkedEnd: Note = {
  level: 'warn',
  key: 'answer.unmarked_end',
  text: 'the server says neither how long its answers are nor where they end: rows that are lost with a broken connection would not be missed; ask for JSON, if it can',
};

function withReason(
  said: string,
  message: string | undefined,
  type: string,
  last: Last | undefined,
  hurried: boolean,
): string {
  const reasons = message === undefined ? [] : [message];
  if (last?.until !== undefined) {
    reasons.push(waitTooLong(last.until, hurried));
  } else if (last !== undefined && type === 'transient_error') {
    reasons.push(`Given up after ${counted(last.tries, 'try', 'tries')}: try again later`);
  }
  return [said, ...reasons].join('. ');
}

function answer(found: Case, verdict: Verdict, page: Page, more: More): Answer {
  const {outcome} = found.done;
  // A failure of the transport ends in an error: only whole answers come here.
  if (outcome instanceof TransportError) throw outcome;
  return new PageAnswer(found, outcome, verdict, page, more);
}

/** A class, for a literal with a getter costs V8 a shape of its own each time. */
class PageAnswer implements Answer {
  readonly batch: Answer['batch'];
  readonly rows: number;
  readonly fact: Answer['fact'];
  readonly value: Answer['value'];
  readonly selector: Path;
  readonly settled: boolean;
  readonly missed?: string;
  readonly notes: readonly Note[];
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly verdict: Verdict;
  readonly refusal: Answer['refusal'];
  readonly retryable: boolean;
  readonly sentAt: number;
  readonly bytes: number;
  readonly request: RequestSpec;
  /** What the URL is made of: of the exchange the answer keeps no more, not the body. */
  readonly #asked: RequestSpec;
  readonly #queryNames: readonly string[];
  #url: URL | undefined;

  constructor(
    {plan, request, done}: Case,
    {status, headers, body}: RawAnswer,
    verdict: Verdict,
    page: Page,
    more: More,
  ) {
    this.batch = page.batch;
    this.rows = page.rows;
    this.fact = page.fact;
    this.value = page.value;
    this.selector = page.selector;
    this.settled = page.settled;
    if (page.missed !== undefined) this.missed = page.missed;
    this.notes = more.notes.length === 0 ? page.notes : [...page.notes, ...more.notes];
    this.status = status;
    this.headers = headers;
    this.verdict = verdict;
    this.refusal = more.refusal;
    this.retryable = more.retryable;
    this.sentAt = sentAt(done, headers);
    this.bytes = body.length;
    this.request = request;
    this.#asked = done.request;
    this.#queryNames = plan.wire.authenticator.queryNames;
  }

  get url(): URL {
    const {url, query} = this.#asked;
    this.#url ??= new URL(displayUrl(withoutUser(withQuery(url, query)), this.#queryNames));
    return this.#url;
  }
}

type More = Pick<Answer, 'refusal' | 'retryable'> & {readonly notes: readonly Note[]};

/** Our clock, or the answer's Date less its duration, whichever is earlier. */
function sentAt({startedAt, ms}: Exchange, headers: AnswerHeaders): number {
  const date = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(date) ? startedAt : Math.min(startedAt, date - ms);
}
