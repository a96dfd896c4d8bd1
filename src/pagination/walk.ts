import type {Batch} from '../body/page.js';
import {departed} from '../clock.js';
import {toConnectorError} from '../errors.js';
import type {Answer, RequestStats, Send} from '../http/answer.js';
import type {RequestSpec} from '../http/request.js';
import type {Note} from '../log.js';
import {Flights, type Planned} from './flights.js';
import {requestHash, sameRecords} from './loops.js';
import type {Next, Paginator, Position} from './paginator.js';
import {verdictEnd} from './verdict-end.js';
import type {WalkEvent} from './walk-event.js';

export interface WalkOptions {
  readonly signal: AbortSignal;
  /** `from` is a position of an earlier walk. */
  readonly resumed?: boolean;
  /** The walk of a child: 404 and 410 on its first page skip it. */
  readonly child?: boolean;
  /** Requests in flight, where the paginator knows positions ahead; 1 when absent. */
  readonly ahead?: number;
  /** Of the first page: its reader asks for something else in its place, and for no further page. */
  readonly isRejected?: (answer: Answer) => boolean;
  readonly stats?: RequestStats;
  /** One for all walks of a resource: where the next ones start, with what was learnt (`Paginator.learnt`). */
  readonly memory?: {start?: Position};
}

/** What `next` says, looked at for repeats: a position requested before, the records of the page before once more. */
function withRepeats(
  paginator: Paginator,
  at: Position,
  answer: Answer,
  next: Next,
  seen: {readonly before: Batch | undefined; readonly isKnown: boolean},
): Next {
  if (paginator.repeated === undefined || next.drop !== undefined || answer.verdict !== 'page') return next;
  const isSame =
    seen.before !== undefined && paginator.numbered?.(at) === true && sameRecords(seen.before, answer.batch);
  const repeat = isSame
    ? paginator.repeated(at, answer, 'records')
    : seen.isKnown
      ? paginator.repeated(at, answer, 'position')
      : undefined;
  if (repeat === undefined) return next;
  return {...repeat, notes: [...(next.notes ?? []), ...(repeat.notes ?? [])]};
}

interface Decision {
  readonly said: Next;
  readonly following: Planned | undefined;
}

function planned(paginator: Paginator, base: RequestSpec, position: Position): Planned {
  const request = paginator.request(base, position);
  return {request, hash: requestHash(request)};
}

/** What follows a page. Where that cannot be told, or cannot be asked for, the rows of the page are kept all the same. */
function decided(paginator: Paginator, base: RequestSpec, at: Position, answer: Answer): Decision {
  try {
    const said = paginator.next(at, answer);
    return {said, following: 'go' in said ? planned(paginator, base, said.go) : undefined};
  } catch (thrown) {
    if (answer.verdict !== 'page') throw thrown;
    return {said: {end: 'the next page cannot be requested', error: toConnectorError(thrown)}, following: undefined};
  }
}

const noNotes: readonly Note[] = [];

/**
 * The pages of one request template, in order (architecture, *Data flow*). The next request leaves when a page is scanned
 * and before it is yielded, so at most one page is ahead, or `ahead` of them where the paginator knows their positions;
 * pulling the next event lets the following one leave. Returning early aborts what is on its way. Throws ConnectorError
 * from `send` and from the paginator, where a page was read after that page.
 */
export async function* walk(
  paginator: Paginator,
  base: RequestSpec,
  send: Send,
  from: Position,
  options: WalkOptions,
): AsyncGenerator<WalkEvent, void, undefined> {
  const resumed = options.resumed === true;
  const ahead = Math.max(1, options.ahead ?? 1);
  const flights = new Flights(send, options.signal);
  const seen = new Set<string>();
  let at = !resumed && options.memory?.start !== undefined ? options.memory.start : from;
  let before: Batch | undefined;
  let isFirstRequest = true;
  let isFirstPage = !resumed;
  try {
    flights.launch(planned(paginator, base, at), resumed);
    for (;;) {
      const flight = flights.head;
      if (flight === undefined) return;
      let arrived = await flight.next();
      while (typeof arrived === 'number') {
        yield {type: 'waiting', until: arrived};
        arrived = await flight.next();
      }
      const answer = arrived;
      flights.landed();
      seen.add(flight.hash);
      const verdict =
        answer.verdict === 'page'
          ? undefined
          : verdictEnd(answer, {
              resumed: resumed && isFirstRequest,
              firstPage: isFirstPage,
              child: options.child === true,
              numbered: paginator.numbered?.(at) === true,
            });
      isFirstRequest = false;
      if (verdict !== undefined) {
        flights.cancel();
        yield verdict;
        return;
      }
      const {said, following} = decided(paginator, base, at, answer);
      const isKnown = following !== undefined && seen.has(following.hash);
      const next = withRepeats(paginator, at, answer, said, {before, isKnown});
      const after = 'go' in next ? next.go : null;
      const isRejected = isFirstPage && answer.verdict === 'page' && options.isRejected?.(answer) === true;
      if (after === null || following === undefined || isRejected) flights.cancel();
      else {
        const positions = ahead > 1 && answer.verdict === 'page' ? (paginator.ahead?.(at, answer, ahead) ?? []) : [];
        flights.plan([following, ...positions.slice(1).map((each) => planned(paginator, base, each))]);
        const learnt = paginator.learnt?.(after);
        if (options.memory !== undefined && learnt !== undefined) options.memory.start = learnt;
      }
      const notes = next.notes ?? noNotes;
      if (answer.verdict === 'page') {
        isFirstPage = false;
        if (next.drop === undefined) before = paginator.numbered?.(after ?? at) === true ? answer.batch : undefined;
        if (options.stats !== undefined) options.stats.pages += 1;
        if (flights.head !== undefined) await departed();
        yield {type: 'page', answer, after, notes, ...(next.drop !== undefined && {drop: next.drop})};
      }
      if (after === null && 'end' in next) {
        if (next.error !== undefined) throw toConnectorError(next.error);
        // The notes of a page were given with it.
        const left = answer.verdict === 'page' ? [] : notes;
        yield {type: 'end', reason: next.end, suspicious: next.suspicious === true, outcome: 'done', notes: left};
        return;
      }
      at = after ?? at;
    }
  } finally {
    flights.close();
  }
}
