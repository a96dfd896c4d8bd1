import * as z from 'zod';
import type {Answer} from '../http/answer.js';
import type {RequestSpec} from '../http/request.js';
import type {JsonObject} from '../json/exact.js';
import type {Path} from '../json/path.js';
import type {Note} from '../log.js';

/** What a paginator knows between two pages, as plain JSON: therefore the resume state too. */
export type Position = JsonObject;

export type Next =
  | {
      readonly go: Position;
      /** This page only repeats another and its records are dropped; why. */
      readonly drop?: string;
      readonly notes?: readonly Note[];
    }
  | {
      /** The reason, for people: "empty page", "no next link", "total reached 285/285". */
      readonly end: string;
      /** Logged as WARN: the end contradicts what the server said. */
      readonly suspicious?: boolean;
      readonly drop?: string;
      /** Thrown after the page's rows have been emitted: no end against evidence (config-language §5). */
      readonly error?: Error;
      readonly notes?: readonly Note[];
    };

/** How a server can repeat itself: it names a position once more, or it sends the records of the page before again. */
export type Repeat = 'position' | 'records';

/** Where the next page is, when and why the walk ends. Pure: the same arguments give the same answer. */
export interface Paginator {
  readonly type: string;
  readonly start: Position;
  /** Paths of the page that `next` reads, to be put into Wanted.facts. */
  readonly facts: readonly Path[];
  /** false for `on_repeat: follow`: positions are followed but not kept in state. */
  readonly resumable: boolean;
  request(base: RequestSpec, at: Position): RequestSpec;
  /**
   * Called after every answer, `refused` ones included. Throws ConnectorError for a broken promise and, for a refusal
   * that is no end, `answer.refusal`.
   */
  next(at: Position, answer: Answer): Next;
  /**
   * Up to `count` positions after the page at `at`, the first one being `next`'s, that may be requested at once: only
   * where every page so far was full and a total under a written path is known. Empty: one by one.
   */
  ahead?(at: Position, answer: Answer, count: number): readonly Position[];
  /** The positions are numbers, so two pages with the same records mean that the server ignores the number. */
  numbered?(at: Position): boolean;
  /**
   * What a repeat seen on the page at `at` means (`on_repeat`); undefined: it is data, the walk goes on. Absent: repeats
   * are not looked for.
   */
  repeated?(at: Position, answer: Answer, what: Repeat): Next | undefined;
  /** The total of items that the page names, for `window_limit`. */
  totalItems?(answer: Answer): number | undefined;
  /** Where other walks of the resource may start, with what this one has learnt of the server (base of page_number). */
  learnt?(at: Position): Position | undefined;
}

/** Gives undefined where a key is missing. `reads`: the chains of names it reads, e.g. ['response', 'meta', 'last']. */
type StopExpression = ((variables: Readonly<Record<string, unknown>>) => unknown) & {
  readonly reads?: readonly (readonly (string | number)[])[];
};

/** What a paginator may use of the resource it belongs to. */
export interface PaginatorContext {
  readonly resource: string;
  /** Place in the configuration, for messages: resources[2].endpoint.paginator */
  readonly place: string;
  /**
   * Compiles `stop_when` (CEL) over response, headers, record_count, first and last; throws ConnectorError naming the
   * place.
   */
  expression(source: string, place: string): StopExpression;
  readonly maxPages: number;
  /** The resource has an incremental cursor without `row_order: asc`: a maximum that ends the walk is then a warning. */
  readonly unordered: boolean;
  /** base_url as configured, for `next_url_base: base_url`. */
  readonly baseUrl: string;
  /** Static params of the endpoint by name, where a paginator's default depends on them. */
  readonly params: Readonly<Record<string, string>>;
  /** The data_selector as written. */
  readonly records?: Path | undefined;
  /** Which body the endpoint declares. */
  readonly body: 'none' | 'json' | 'form' | 'text';
}

/** One paginator type: its keys (documented with .meta) and how it is built. One file per type, one line in table.ts. */
export interface PaginatorKind {
  readonly type: string;
  readonly schema: z.ZodObject;
  create(options: unknown, context: PaginatorContext): Paginator;
}

/** Ties a schema to its factory, so that the table can hold all types side by side. */
export function paginatorKind<S extends z.ZodObject>(
  type: string,
  schema: S,
  create: (options: z.output<S>, context: PaginatorContext) => Paginator,
): PaginatorKind {
  return {type, schema, create: (options, context) => create(schema.parse(options), context)};
}

/** The default that the reference gives for a key; undefined where it gives none. */
export function documentedDefault({schema}: PaginatorKind, name: string): unknown {
  const key = Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined;
  return key instanceof z.ZodType ? key.meta()?.['default'] : undefined;
}
