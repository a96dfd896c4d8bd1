import type {ConnectorError} from '../../errors.js';
import type {Answer} from '../../http/answer.js';
import type {JsonObject} from '../../json/exact.js';
import {nothingObserved, type Observed, observe} from '../../schema/observe.js';
import type {StreamEvent, StreamPlan} from '../../stream/stream-plan.js';
import {CursorOrder} from './cursor-order.js';
import {pageDoubts} from './page-doubts.js';
import {recordText} from './record-text.js';
import {UniqueFields} from './unique-fields.js';
import type {SentRecord} from './walk-record.js';

/** Records whose fields are looked at; more say nothing new, and keep memory. */
const mostObserved = 10_000;

/** What trying one stream came to. */
export class Trial {
  readonly plan: StreamPlan;
  /** Records as JSON texts, the first ones. */
  readonly kept: string[] = [];
  readonly observed: Observed = nothingObserved();
  readonly unique = new UniqueFields();
  readonly order: CursorOrder;
  /** Further `!` lines. */
  readonly doubts = new Set<string>();
  /** Records that the stream gave, after filters. */
  emitted = 0;
  state: JsonObject | undefined;
  /** `state` is the final one. */
  isFinal = false;
  error: ConnectorError | undefined;
  /** Read as far as it goes, or failed: not so where a signal came before. */
  isOver = false;
  /** The limit of partitions that ended it, in words. */
  cut: string | undefined;
  /** Why its walks ended, by the engine's count. */
  reasons: ReadonlyMap<string, number> = new Map();
  readonly #keep: number;

  /** `keep`: records to be shown. */
  constructor(plan: StreamPlan, keep: number) {
    this.plan = plan;
    this.#keep = keep;
    this.order = new CursorOrder(plan.cursor?.path.segments);
  }

  /** Once the run has ended: a signal came before this was through. */
  get interrupted(): boolean {
    return !this.isOver;
  }

  page(sent: SentRecord, answer: Answer): void {
    this.order.page(sent.walk, answer.batch);
    for (const doubt of pageDoubts(this.plan, sent, answer)) this.doubts.add(doubt);
  }

  /** Returns the texts of the records that the event brought. */
  take(event: StreamEvent): void {
    switch (event.type) {
      case 'records': {
        const {batch, suffix} = event;
        for (let i = 0; i < batch.count && this.kept.length < this.#keep; i++) {
          this.kept.push(recordText(batch, i, suffix));
        }
        this.emitted += batch.count;
        if (this.observed.values < mostObserved) {
          observe(this.observed, batch, suffix);
          this.unique.add(batch, suffix);
        }
        return;
      }
      case 'checkpoint':
        this.state = event.state;
        this.isFinal = event.final;
        return;
      case 'end':
        this.reasons = event.reasons;
        return;
      case 'waiting':
        return;
    }
  }
}
