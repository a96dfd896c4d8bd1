import {createDecoder} from '../../src/body/decode.js';
import type {Page} from '../../src/body/page.js';
import {configError} from '../../src/errors.js';
import type {Answer, RequestStats, Send} from '../../src/http/answer.js';
import type {RequestSpec} from '../../src/http/request.js';
import {type Json, parseExact, printExact} from '../../src/json/exact.js';
import {compilePath, type Path} from '../../src/json/path.js';
import {Notes} from '../../src/log.js';
import type {Paginator} from '../../src/pagination/paginator.js';
import {paginators} from '../../src/pagination/table.js';
import type {Step} from '../../src/steps/step.js';
import type {CursorPlan} from '../../src/stream/cursor-plan.js';
import {parseFormat} from '../../src/stream/formats.js';
import {parseSpan} from '../../src/stream/spans.js';
import type {ShardPlan, Slice, StreamPlan} from '../../src/stream/stream-plan.js';
import {FakeClock} from '../support/fake-clock.js';

/** What the simulated server answers; a number is a status with an empty object. */
export type Reply =
  | {
      readonly body: string;
      readonly status?: number;
      readonly sentAt?: number;
      /** A response action: the walk ends; with a status that would have been retried it is unfinished. */
      readonly ignored?: 'final' | 'retryable';
    }
  | string
  | number;

/** A server in the process: the query as an object, what it was asked in order. */
export class Server {
  readonly requests: string[] = [];
  readonly clock: FakeClock;
  handle: (path: string, query: Readonly<Record<string, string>>) => Reply;

  constructor(handle: Server['handle'], clock = new FakeClock({now: Date.UTC(2026, 0, 31)})) {
    this.handle = handle;
    this.clock = clock;
  }

  asked(part: string): string[] {
    return this.requests.filter((url) => url.includes(part));
  }
}

export interface CursorOptions
  extends Partial<Omit<CursorPlan, 'path' | 'lag' | 'delay' | 'step' | 'formats' | 'convert'>> {
  readonly path: string;
  readonly lag?: Json;
  readonly delay?: Json;
  readonly step?: Json;
  readonly formats?: readonly Json[];
  readonly convert?: Json;
}

export interface PlanOptions {
  readonly name: string;
  readonly server: Server;
  /** {start}, {end}, {0}, {1}: bounds and values of the parent; an entry without its value is left out. */
  readonly path: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly paginator?: Readonly<Record<string, unknown>>;
  readonly selector?: string;
  readonly cursor?: CursorOptions;
  readonly parent?: StreamPlan;
  readonly bound?: readonly string[];
  readonly included?: Readonly<Record<string, string>>;
  readonly onMissing?: 'skip' | 'fail';
  readonly parentIncremental?: boolean;
  readonly fields?: readonly string[];
  readonly staticRecords?: readonly string[];
  readonly shard?: ShardPlan;
  readonly width?: number;
  readonly steps?: readonly Step[];
  readonly fingerprint?: string;
}

const stats = (): RequestStats => ({requests: 0, pages: 0, retries: 0, bytes: 0, waited: 0}) as unknown as RequestStats;

export function planOf(options: PlanOptions): StreamPlan {
  const {name, server, parent, cursor} = options;
  const paths = [...new Set([...(cursor ? [cursor.path] : []), 'id', ...(options.fields ?? [])])].map((path) =>
    compilePath(path),
  );
  const key = [compilePath('id')];
  const paginator = paginatorOf(options.paginator ?? {type: 'single_page'}, name);
  const want = {
    records: {
      path: compilePath(options.selector ?? 'data'),
      required: undefined,
      keyAs: undefined,
      names: [name],
      key,
      entity: false,
      strict: false,
    },
    fields: options.steps === undefined ? paths : [],
    facts: paginator.facts,
  };
  const decoder = createDecoder({want, format: 'auto', maxBytes: 1e9});
  return {
    name,
    place: `resources.${name}`,
    selected: true,
    fingerprint: options.fingerprint ?? `f-${name}`,
    paginator,
    send: sendOf(server, decoder),
    want,
    fields: paths,
    steps: options.steps ?? [],
    schema: {
      columns: {},
      schemaless: false,
      samplePages: 2,
      sampleRecords: 1000,
      keyIsDefault: false,
      key,
    },
    key,
    ...(cursor && {cursor: cursorOf(cursor, name, paths)}),
    ...(parent && {parent: relationOf(parent, options)}),
    ...(options.staticRecords && {staticRecords: options.staticRecords}),
    ...(options.shard && {shard: options.shard}),
    width: options.width ?? 1,
    notes: new Notes(name),
    stats: stats(),
    request: async (slice) => requestOf(options, slice),
    withoutSecrets: (position) => position,
  };
}

function cursorOf(cursor: CursorOptions, name: string, paths: readonly Path[]): CursorPlan {
  const {lag, delay, step, formats, convert, path, ...rest} = cursor;
  return {
    path: compilePath(path),
    field: paths.findIndex((candidate) => candidate.text === path),
    func: 'max',
    rangeStart: 'closed',
    rangeEnd: 'open',
    missing: 'include',
    boundaryKey: [],
    place: `resources.${name}.endpoint.incremental`,
    ...rest,
    ...(lag !== undefined && {lag: parseSpan(lag, 'lag')}),
    ...(delay !== undefined && {delay: parseSpan(delay, 'delay')}),
    ...(step !== undefined && {step: parseSpan(step, 'step')}),
    formats: (formats ?? []).map((format) => parseFormat(format, 'cursor_format')),
    ...(convert !== undefined && {convert: parseFormat(convert, 'convert')}),
  };
}

function relationOf(parent: StreamPlan, options: PlanOptions): NonNullable<StreamPlan['parent']> {
  const bound = options.bound ?? ['id'];
  const included = Object.entries(options.included ?? {});
  const names = [...new Set([...bound, ...included.map(([, path]) => path)])];
  return {
    plan: parent,
    fields: names.map((path) => compilePath(path)),
    bound: bound.length,
    included: included.map(([column, path]) => ({column, field: names.indexOf(path)})),
    onMissing: options.onMissing ?? 'skip',
    incremental: options.parentIncremental ?? false,
  };
}

function paginatorOf(written: Readonly<Record<string, unknown>>, resource: string): Paginator {
  const kind = paginators.find((candidate) => candidate.type === written['type']);
  if (kind === undefined) throw new Error(`no paginator ${String(written['type'])}`);
  return kind.create(written, {
    resource,
    place: `resources.${resource}.endpoint.paginator`,
    expression: () => () => undefined,
    maxPages: 100_000,
    unordered: false,
    baseUrl: 'https://api.test/',
    params: {},
    body: 'none',
  });
}

function requestOf({path, params, cursor}: PlanOptions, slice: Slice): RequestSpec {
  const convert = cursor?.convert === undefined ? undefined : parseFormat(cursor.convert, 'convert');
  const fill = (text: string): string | undefined => {
    let complete = true;
    const filled = text.replace(/\{(\w+)\}/g, (_, word: string) => {
      const bound = word === 'start' ? slice.since : word === 'end' ? slice.until : undefined;
      const parentText = slice.parent?.values[Number(word)];
      const value =
        bound !== undefined
          ? (convert?.print(bound) ?? bound.json)
          : parentText === undefined
            ? undefined
            : parseExact(parentText);
      if (value === undefined) complete = false;
      return typeof value === 'string' ? value : printExact(value ?? null);
    });
    return complete ? filled : undefined;
  };
  const query = Object.entries(params ?? {}).flatMap(([name, text]): [string, string][] => {
    const value = fill(text);
    return value === undefined ? [] : [[name, value]];
  });
  return {method: 'GET', url: `https://api.test/${fill(path)}`, query, headers: {}};
}

function sendOf(server: Server, decoder: ReturnType<typeof createDecoder>): Send {
  return async (request, {signal}) => {
    await Promise.resolve();
    signal.throwIfAborted();
    const url = new URL(request.url);
    for (const [name, value] of request.query) url.searchParams.append(name, value);
    server.requests.push(decodeURIComponent(`${url.pathname}${url.search}`.replaceAll('+', ' ')).slice(1));
    const reply = server.handle(url.pathname.slice(1), Object.fromEntries(url.searchParams));
    const {
      body,
      status = 200,
      sentAt,
      ignored,
    }: Exclude<Reply, string | number> = typeof reply === 'object'
      ? reply
      : typeof reply === 'string'
        ? {body: reply}
        : {body: '{}', status: reply};
    if (status >= 500 && ignored === undefined) throw configError(`${status} from ${url.pathname}`);
    const page: Page = await decoder(Buffer.from(body), 'application/json');
    const refused = status >= 400;
    const answer: Answer = {
      ...page,
      status,
      url,
      headers: new Headers(),
      verdict: ignored !== undefined ? 'ignore' : refused ? 'refused' : 'page',
      refusal: refused ? configError(`${status} for ${url.pathname}${url.search}`) : undefined,
      retryable: ignored === 'retryable',
      sentAt: sentAt ?? server.clock.now(),
      bytes: body.length,
      request,
    };
    return answer;
  };
}
