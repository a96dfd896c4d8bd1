import type {z} from 'zod';
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
  /** Positions after `at` that may be requested at once: only where page 1 was full and a trusted total is known. */
  ahead?(at: Position, answer: Answer, count: number): readonly Position[];
}

/** What a paginator may use of the resource it belongs to. */
export interface PaginatorContext {
  readonly resource: string;
  /** Place in the configuration, for messages: resources[2].endpoint.paginator */
  readonly place: string;
  /** Compiles `stop_when` (CEL); throws ConnectorError naming the place. */
  expression(source: string, place: string): (variables: Readonly<Record<string, unknown>>) => unknown;
  readonly maxPages: number;
  /** The resource has an incremental cursor without `row_order: asc`: a maximum that ends the walk is then a warning. */
  readonly unordered: boolean;
  /** base_url as configured, for `next_url_base: base_url`. */
  readonly baseUrl: string;
  /** Static params of the endpoint by name, where a paginator's default depends on them. */
  readonly params: Readonly<Record<string, string>>;
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
