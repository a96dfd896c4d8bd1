import type {Answer} from '../http/answer.js';
import type {Note} from '../log.js';
import type {Position} from './paginator.js';

/**
 * done: the slice is finished. unfinished: what came stands, the cursor stays (config-language §10). skipped: the child's
 * first page is 404 or 410 (§9). restart: the position of a resumed walk was refused, begin the slice again (contract,
 * *A refused position*).
 */
export type Outcome = 'done' | 'unfinished' | 'skipped' | 'restart';

export interface WalkEnd {
  readonly type: 'end';
  /** For people: "empty page", "no next link". */
  readonly reason: string;
  /** To be logged as a warning. */
  readonly suspicious: boolean;
  readonly outcome: Outcome;
  readonly notes: readonly Note[];
  /** The request that skipped the parent: method and URL. */
  readonly refused?: string;
}

export type WalkEvent =
  | {
      readonly type: 'page';
      readonly answer: Answer;
      /** Where a later walk goes on behind this page; null: nothing more is requested, but only `end` finishes the slice. */
      readonly after: Position | null;
      /** The page only repeats another and its records are not to be emitted; why. */
      readonly drop?: string;
      readonly notes: readonly Note[];
    }
  /** The server named a wait, until epoch ms. The page in hand was yielded before. */
  | {readonly type: 'waiting'; readonly until: number}
  | WalkEnd;
