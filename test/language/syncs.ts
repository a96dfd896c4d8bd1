import {attempt, errorsOf, type Run, serve, source} from '../dlt/run.js';
import {json} from '../support/api-server.js';
import {FakeClock} from '../support/fake-clock.js';

export interface Row {
  readonly id: number;
  readonly [field: string]: unknown;
}

interface Step {
  readonly rows: readonly unknown[];
  /** Where the clock stands; 2026-01-01 when absent. */
  readonly now?: string;
  readonly incremental?: object;
}

export interface Told {
  readonly ids: readonly unknown[];
  readonly since: readonly (string | null)[];
  readonly until: readonly (string | null)[];
  readonly run: Run;
}

/** Syncs one after the other, each from the states of the one before. */
export async function syncs(incremental: object, steps: readonly Step[], endpoint: object = {}): Promise<Told[]> {
  let rows: readonly unknown[] = [];
  let now = 0;
  await using api = await serve(() => ({
    ...json({data: rows}),
    headers: {'content-type': 'application/json', date: new Date(now).toUTCString()},
  }));
  const told: Told[] = [];
  let after: Run | undefined;
  for (const step of steps) {
    rows = step.rows;
    now = Date.parse(step.now ?? '2026-01-01T00:00:00Z');
    const whole = {cursor_path: 'at', start_param: 'since', end_param: 'until', ...incremental, ...step.incremental};
    const config = source(api, [
      {
        name: 'r',
        endpoint: {data_selector: 'data', paginator: 'single_page', incremental: whole, ...endpoint},
        primary_key: 'id',
      },
    ]);
    const run = await attempt(api, config, {clock: new FakeClock({now}), ...(after === undefined ? {} : {after})});
    told.push({
      ids: run.values('id'),
      since: run.requests.map(({query}) => query.get('since')),
      until: run.requests.map(({query}) => query.get('until')),
      run,
    });
    after = run;
  }
  return told;
}

/** One sync. */
export const one = async (incremental: object, rows: readonly unknown[], endpoint: object = {}): Promise<Told> => {
  const [told] = await syncs(incremental, [{rows}], endpoint);
  if (told === undefined) throw new Error('no run');
  return told;
};

/** A row with this cursor. */
export const at = (id: number, value: unknown): Row => ({id, at: value});

/** What a declaration is refused for. */
export const wrong = (incremental: unknown, endpoint: object = {}) =>
  errorsOf({client: {base_url: 'https://a.example'}, resources: [{name: 'r', endpoint: {incremental, ...endpoint}}]});
