import type {Batch, Wanted} from '../body/page.js';
import type {RequestStats, Send} from '../http/answer.js';
import type {RequestSpec} from '../http/request.js';
import type {JsonObject} from '../json/exact.js';
import type {Path} from '../json/path.js';
import type {Notes} from '../log.js';
import type {Paginator, Position} from '../pagination/paginator.js';
import type {SchemaPlan} from '../schema/schema-plan.js';
import type {Step} from '../steps/step.js';
import type {CursorPlan} from './cursor-plan.js';
import type {Bound} from './value.js';

/** A row of a parent stream, reduced to what its children use. Values are JSON texts, copied out of the page. */
export interface ParentRow {
  /** One JSON text per path of ParentPlan.fields, in order; undefined where the row lacks the field or it is null. */
  readonly values: readonly (string | undefined)[];
}

export interface ParentPlan {
  readonly plan: StreamPlan;
  /** Distinct fields of the parent row that this child uses: first the bound ones (placeholders), then the included. */
  readonly fields: readonly Path[];
  /** How many of `fields` are bound. A row that lacks one of them is skipped or fails (`onMissing`). */
  readonly bound: number;
  /** Columns added to every record: name and index in `fields`. Missing is null. */
  readonly included: readonly {readonly column: string; readonly field: number}[];
  readonly onMissing: 'skip' | 'fail';
  /** `parent_incremental`: only changed parents. */
  readonly incremental: boolean;
  /** It is not written, and the parent has a cursor: a notice says what it would save. */
  readonly undecided?: boolean;
}

/** The walk of one parent and one window: what a request template is rendered from. */
export interface Slice {
  readonly parent?: ParentRow;
  /** Start and end to be sent (frozen for the sync, lag and delay applied). */
  readonly since?: Bound;
  readonly until?: Bound;
}

export interface ShardPlan {
  readonly index: number;
  readonly of: number;
}

/** Everything about one stream, compiled once. */
export interface StreamPlan {
  readonly name: string;
  /** Place of the resource in the configuration, for messages: resources[2] */
  readonly place: string;
  /** false: hidden, but usable as a parent. */
  readonly selected: boolean;
  /** `request` of the contract's State: hash of method, path, params, body, selector, paginator and cursor as templates. */
  readonly fingerprint: string;
  readonly paginator: Paginator;
  readonly send: Send;
  /** Of the page as received. With steps `want.fields` is empty and `fields` are found after the last step. */
  readonly want: Wanted;
  /** Fields wanted of a record after the steps: cursor and its key, what children use. Batch.fields has this order. */
  readonly fields: readonly Path[];
  readonly steps: readonly Step[];
  readonly schema: SchemaPlan;
  /** Primary key paths. */
  readonly key: readonly Path[];
  readonly cursor?: CursorPlan;
  readonly parent?: ParentPlan;
  /** A static parent (`records: [...]`): its rows as JSON texts; nothing is requested. */
  readonly staticRecords?: readonly string[];
  readonly shard?: ShardPlan;
  /** Walks in flight at once: children of many parents, windows, pages ahead. At least 1. */
  readonly width: number;
  readonly notes: Notes;
  readonly stats: RequestStats;
  /** Counts a page of so many bytes against the memory for bodies while it is being written; returns what ends it. */
  readonly hold?: (bytes: number) => () => void;
  /** The template, rendered. Async because base_url may hold {auth.*}. Throws ConnectorError naming the parent row. */
  request(slice: Slice): Promise<RequestSpec>;
  /** A position without query parameters that carry credentials, for state; undefined: it holds a secret and is not kept. */
  withoutSecrets(position: Position): Position | undefined;
}

export type StreamState = JsonObject;

export type StreamEvent =
  | {
      readonly type: 'records';
      readonly batch: Batch;
      /** include_from_parent columns as text to be put before the final brace: ,"_repos_name":"app" */
      readonly suffix?: Buffer;
    }
  /**
   * Everything emitted before is covered by `state`, which is printed when it is first read: at any time, but only where it
   * is needed, for it may be large. `final`: the stream's last one.
   */
  | {readonly type: 'checkpoint'; readonly state: StreamState; readonly final: boolean}
  /** The server named a wait, until epoch ms: checkpoint, flush, status. */
  | {readonly type: 'waiting'; readonly until: number}
  /** Reasons why walks ended, with counts. Always the last event. */
  | {readonly type: 'end'; readonly reasons: ReadonlyMap<string, number>};
