import type {Attempt} from '../../http/answer.js';
import {printExact} from '../../json/exact.js';
import type {StreamEvent, StreamPlan} from '../../stream/stream-plan.js';
import {recordText} from './record-text.js';
import {bodyText, changes, urlOf} from './request-text.js';
import type {Screen} from './screen.js';
import type {Suggestion} from './suggestions.js';
import type {Trial} from './trial.js';
import type {SentRecord, WalkRecord} from './walk-record.js';
import {partitionText} from './walk-table.js';

/** `try --json`: one event a line, in the order in which things happen. */
export class TryEvents {
  readonly #screen: Screen;
  readonly #planOf: (stream: string) => StreamPlan | undefined;
  readonly #most: number;
  #left: Promise<void> = Promise.resolve();

  /** `most`: records of a stream that are printed. */
  constructor(screen: Screen, planOf: (stream: string) => StreamPlan | undefined, most: number) {
    this.#screen = screen;
    this.#planOf = planOf;
    this.#most = most;
  }

  /** Resolves when everything so far has left. */
  get left(): Promise<void> {
    return this.#left;
  }

  attempt(
    {stream, purpose, request, url, status, error, ms, bytes, retry, wait}: Attempt,
    sent: SentRecord | undefined,
  ): void {
    const at = {stream, purpose, ...this.#walk(sent?.walk), request: sent?.number ?? null, retry};
    this.#print({type: 'request', ...at, method: request.method, url, body: bodyText(request) || null});
    this.#print({
      type: 'response',
      ...at,
      status: status ?? null,
      error: error ?? null,
      ms,
      bytes,
      wait_ms: wait ?? null,
    });
  }

  page({stream, walk, number, answered, next, spec}: SentRecord): void {
    this.#print({
      type: 'page',
      stream,
      ...this.#walk(walk),
      request: number,
      rows: answered?.rows ?? 0,
      next:
        next === undefined
          ? null
          : {url: urlOf(next.spec), changes: changes(spec, next.spec), paginator: next.by['type']},
    });
  }

  ended(walk: WalkRecord): void {
    const {stream, ended, pages, rows} = walk;
    const by = ended?.kind ?? null;
    this.#print({type: 'stop', stream, ...this.#walk(walk), by, reason: ended?.reason ?? null, pages, rows});
  }

  async event({plan, emitted}: Trial, event: StreamEvent): Promise<void> {
    if (event.type === 'records') {
      const {batch, suffix} = event;
      const before = emitted - batch.count;
      for (let i = 0; i < batch.count && before + i < this.#most; i++) {
        const stream = JSON.stringify(plan.name);
        this.#line(`{"type":"record","stream":${stream},"data":${recordText(batch, i, suffix)}}`);
      }
    }
    await this.#left;
  }

  failed({plan, error}: Trial): void {
    const {failureType, message} = error ?? {};
    this.#print({
      type: 'stop',
      stream: plan.name,
      by: 'failed',
      reason: message ?? null,
      failure_type: failureType ?? null,
    });
  }

  interrupted({plan, emitted}: Trial): void {
    this.#print({type: 'stop', stream: plan.name, by: 'interrupted', reason: 'interrupted by a signal', rows: emitted});
  }

  /** null: of the configuration. */
  warning(stream: string | null, text: string): void {
    this.#print({type: 'warning', stream, text});
  }

  schema(stream: string, schema: object, fields: readonly object[]): void {
    this.#print({type: 'schema', stream, json_schema: schema, fields});
  }

  state({plan, state}: Trial, label: string): void {
    const data = state === undefined ? 'null' : printExact(state);
    this.#line(
      `{"type":"state","stream":${JSON.stringify(plan.name)},"label":${JSON.stringify(label)},"state":${data}}`,
    );
  }

  nextRun(stream: string, run: {readonly sent: string; readonly rows: number; readonly records: number}): void {
    this.#print({type: 'then', stream, ...run});
  }

  suggestion({stream, text, why, path, value}: Suggestion, number: number): void {
    this.#line(
      `${JSON.stringify({type: 'suggestion', number, stream, text, why, path}).slice(0, -1)},"value":${printExact(value)}}`,
    );
  }

  #walk(walk: WalkRecord | undefined): object {
    const plan = walk === undefined ? undefined : this.#planOf(walk.stream);
    if (walk === undefined || plan === undefined) return {};
    return {walk: walk.number, partition: partitionText(walk, plan) || null};
  }

  #print(event: object): void {
    this.#line(JSON.stringify(event));
  }

  #line(text: string): void {
    this.#left = this.#left.then(() => this.#screen.json(text));
  }
}
