import {createDecoder, type Decoder} from '../../src/body/decode.js';
import type {Page} from '../../src/body/page.js';
import {ConnectorError, configError} from '../../src/errors.js';
import type {Answer, Send, Verdict} from '../../src/http/answer.js';
import type {RequestSpec} from '../../src/http/request.js';
import {withQuery} from '../../src/http/url.js';
import {compilePath, type Path} from '../../src/json/path.js';
import type {Note} from '../../src/log.js';
import type {Paginator, PaginatorContext, Position} from '../../src/pagination/paginator.js';
import {paginators} from '../../src/pagination/table.js';
import {type WalkOptions, walk} from '../../src/pagination/walk.js';
import type {WalkEnd} from '../../src/pagination/walk-event.js';
import {compileExpression} from '../../src/steps/cel.js';

export const base: RequestSpec = {method: 'GET', url: 'https://api.example.com/v1/items', query: [], headers: {}};

const contextOf = (changed: Partial<PaginatorContext> = {}): PaginatorContext => ({
  resource: 'items',
  place: 'resources[0].endpoint.paginator',
  expression: (source, place) =>
    compileExpression(source, ['response', 'headers', 'record_count', 'first', 'last'], place),
  maxPages: 1000,
  unordered: false,
  baseUrl: 'https://api.example.com/v1',
  params: {},
  body: 'none',
  ...changed,
});

export function paginatorOf(
  options: {readonly type: string; readonly [key: string]: unknown},
  changed: Partial<PaginatorContext> = {},
): Paginator {
  const kind = paginators.find(({type}) => type === options.type);
  if (kind === undefined) throw new Error(`no paginator ${options.type}`);
  return kind.create(options, contextOf(changed));
}

/** What a simulated server says. `body` as text is sent as it is. */
export interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly verdict?: Verdict;
  readonly retryable?: boolean;
  /** Where the request ended after redirects. */
  readonly url?: string;
}

export type Server = (request: RequestSpec, params: URLSearchParams, count: number) => Reply | Promise<Reply>;

const decoders = new WeakMap<readonly Path[], Map<string | undefined, Decoder>>();

/** One decoder for all pages of a walk, as in a sync. */
function decoderFor(selector: string | undefined, facts: readonly Path[]): Decoder {
  const known = decoders.get(facts) ?? new Map<string | undefined, Decoder>();
  decoders.set(facts, known);
  const path = selector === undefined ? undefined : compilePath(selector);
  const selection = {
    path,
    required: undefined,
    keyAs: undefined,
    names: ['items'],
    key: [],
    entity: false,
    strict: false,
  };
  const decoder =
    known.get(selector) ??
    createDecoder({want: {records: selection, fields: [], facts}, format: 'json', maxBytes: 1e9});
  known.set(selector, decoder);
  return decoder;
}

function decode(body: unknown, selector: string | undefined, facts: readonly Path[]): Page {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const page = decoderFor(selector, facts)(Buffer.from(text), 'application/json');
  if (page instanceof Promise) throw new Error('gzip is not expected here');
  return page;
}

const noFacts: readonly Path[] = [];

export function answerOf(
  reply: Reply,
  options: {
    readonly request?: RequestSpec;
    readonly selector?: string | undefined;
    readonly facts?: readonly Path[];
  } = {},
): Answer {
  const request = options.request ?? base;
  const status = reply.status ?? 200;
  const verdict = reply.verdict ?? (status >= 400 ? 'refused' : 'page');
  const page = decode(
    verdict === 'page' ? (reply.body ?? {}) : {},
    verdict === 'page' ? options.selector : '$',
    options.facts ?? noFacts,
  );
  return {
    ...page,
    status,
    url: new URL(reply.url ?? withQuery(request.url, request.query)),
    headers: new Headers(reply.headers ?? {}),
    verdict,
    refusal: verdict === 'page' ? undefined : configError(`items: GET was answered with ${status}`),
    retryable: reply.retryable ?? false,
    sentAt: 0,
    bytes: 0,
    request,
  };
}

export interface Log {
  /** Ids of the records that were emitted. */
  readonly ids: unknown[];
  /** Query (and body) of each request, in the order they were sent. */
  readonly sent: string[];
  /** Positions after each page that was given. */
  readonly after: (Position | null)[];
  readonly drops: string[];
  readonly notes: Note[];
  readonly waits: number[];
  end: WalkEnd | undefined;
  error: unknown;
}

/** Each once, as the log shows them. */
export const warnings = (log: Log): string[] => [
  ...new Set(log.notes.filter(({level}) => level === 'warn').map(({text}) => text)),
];
export const notices = (log: Log): string[] => log.notes.filter(({level}) => level === 'info').map(({text}) => text);

export const messageOf = (log: Log): string => {
  if (!(log.error instanceof ConnectorError)) throw new Error(`no ConnectorError: ${String(log.error)}`);
  return log.error.message;
};

export interface Reading extends Partial<WalkOptions> {
  readonly from?: Position;
  readonly base?: RequestSpec;
  readonly selector?: string | undefined;
  /** Stops pulling after so many pages, as a broken-off sync does. */
  readonly pages?: number;
}

const shown = (request: RequestSpec): string => {
  const url = new URL(withQuery(request.url, request.query));
  const body = request.body?.kind === 'json' ? ` ${JSON.stringify(request.body.value)}` : '';
  return `${request.url.startsWith(base.url) ? '' : url.pathname}${decodeURIComponent(url.search)}${body}`;
};

const sendTo =
  (
    server: Server,
    log: Pick<Log, 'sent'>,
    options: {readonly selector?: string | undefined; readonly facts: readonly Path[]},
  ): Send =>
  async (request) => {
    log.sent.push(shown(request));
    const url = new URL(withQuery(request.url, request.query));
    const reply = await server(request, url.searchParams, log.sent.length);
    return answerOf(reply, {request, ...options});
  };

/** Walks a simulated server to the end, an error, or `pages` pages. */
export async function read(paginator: Paginator, server: Server, reading: Reading = {}): Promise<Log> {
  const {from, selector = 'data', pages = Number.POSITIVE_INFINITY, base: template = base, ...options} = reading;
  const log: Log = {ids: [], sent: [], after: [], drops: [], notes: [], waits: [], end: undefined, error: undefined};
  const send = sendTo(server, log, {
    selector: 'selector' in reading ? reading.selector : selector,
    facts: paginator.facts,
  });
  const walkOptions = {signal: new AbortController().signal, resumed: from !== undefined, ...options};
  try {
    for await (const event of walk(paginator, template, send, from ?? paginator.start, walkOptions)) {
      if (event.type === 'waiting') log.waits.push(event.until);
      else if (event.type === 'end') {
        log.end = event;
        log.notes.push(...event.notes);
      } else {
        const {batch} = event.answer;
        if (event.drop === undefined) {
          for (let row = 0; row < batch.count; row += 1) {
            const text = batch.bytes.toString('utf8', batch.spans[2 * row], batch.spans[2 * row + 1]);
            const record: {id?: unknown; value?: unknown} = JSON.parse(text);
            log.ids.push(record.id ?? record.value);
          }
        } else log.drops.push(event.drop);
        log.after.push(event.after);
        log.notes.push(...event.notes);
        if (log.after.length >= pages) break;
      }
    }
  } catch (error) {
    log.error = error;
  }
  return log;
}

export const rows = (from: number, to: number): {id: number}[] =>
  Array.from({length: Math.max(0, to - from)}, (_, index) => ({id: from + index}));

export const ids = (to: number): number[] => rows(0, to).map(({id}) => id);

/** A server that honours offset and limit over `count` rows, giving at most `cap` of them; `extra`: members beside. */
export const offsetServer =
  (count: number, options: {cap?: number; extra?: (from: number, to: number) => object; past?: Reply} = {}): Server =>
  (_request, params) => {
    const from = Number(params.get('offset') ?? 0);
    if (options.past !== undefined && from >= count) return options.past;
    const size = Math.min(Number(params.get('limit') ?? 100), options.cap ?? Number.POSITIVE_INFINITY);
    const to = Math.min(count, from + size);
    return {body: {data: rows(from, to), ...options.extra?.(from, to)}};
  };

/** A server that numbers its pages from `first`; the page without a number is the first one. */
export const pageServer =
  (
    count: number,
    options: {
      size: number;
      first: number;
      extra?: (page: number) => object;
      past?: Reply;
      refuses?: readonly (number | undefined)[];
    },
  ): Server =>
  (_request, params) => {
    const given = params.get('page');
    const number = given === null ? undefined : Number(given);
    if (options.refuses?.includes(number) === true) return {status: 400};
    // Lenient servers take anything below the first page as the first.
    const page = Math.max(number ?? options.first, options.first);
    const from = (page - options.first) * options.size;
    if (options.past !== undefined && from >= count) return options.past;
    return {body: {data: rows(from, Math.min(count, from + options.size)), ...options.extra?.(page)}};
  };
