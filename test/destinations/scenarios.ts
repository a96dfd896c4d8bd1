import {catalog, record, type StreamOf, state, status} from './support.js';

/** One run of a source into a place, and what has to be there after it. */
export interface Run {
  readonly of: readonly StreamOf[];
  readonly lines: readonly string[];
  readonly sample?: boolean;
  /** The field `v` of all rows of the stream `rows`, sorted. */
  readonly values: readonly string[];
  readonly counts?: {readonly rows: number; readonly new: number; readonly changed: number};
  /** STATE lines that were echoed. */
  readonly echoed?: number;
  readonly status?: string;
  /** What the place says it holds, for the next run. */
  readonly saved?: readonly Record<string, unknown>[];
}

export interface Scenario {
  readonly name: string;
  readonly runs: readonly Run[];
  /** Places that count otherwise. */
  readonly uncounted?: readonly string[];
}

export const catalogOf = ({of}: Run): string => catalog(...of);

export const complete = [state({v: 1}), status('COMPLETE')];

export const merging: StreamOf = {
  mode: 'append_dedup',
  key: [['id']],
  cursor: ['at'],
  properties: {id: {type: 'integer'}, at: {type: 'string', format: 'date-time'}, v: {type: 'string'}},
};
export const row = (id: number | string | null, at: string | null, v: string) => record(JSON.stringify({id, at, v}));

const overwriting = (generation: number | null): StreamOf => ({
  mode: 'overwrite',
  generation,
  minimum: generation,
  sync: 1,
});
const seeded: Run = {of: [overwriting(1)], lines: [record('{"v":"old"}'), ...complete], values: ['old']};

const append: readonly Scenario[] = [
  {
    name: 'append adds rows of every run',
    runs: [
      {of: [{}], lines: [record('{"v":"a"}'), ...complete], values: ['a']},
      {
        of: [{}],
        lines: [record('{"v":"b"}'), record('{"v":"b"}'), ...complete],
        values: ['a', 'b', 'b'],
        counts: {rows: 2, new: 2, changed: 0},
      },
    ],
  },
  {
    name: 'append: rows behind the last state of a failed stream are not kept: they come again',
    runs: [
      {
        of: [{}],
        lines: [status('STARTED'), record('{"v":"a"}'), state({n: 1}), record('{"v":"b"}'), status('INCOMPLETE')],
        values: ['a'],
        echoed: 1,
        status: 'incomplete',
        saved: [{name: 'rows', generation: 0, state: {text: '{"n":1}', generation: 0}}],
      },
      {of: [{}], lines: [record('{"v":"b"}'), ...complete], values: ['a', 'b']},
    ],
  },
  {
    name: 'append: rows below the minimum generation go at the end',
    runs: [
      {of: [{generation: 1, minimum: 0}], lines: [record('{"v":"a"}'), ...complete], values: ['a']},
      {of: [{generation: 2, minimum: 0}], lines: [record('{"v":"b"}'), ...complete], values: ['a', 'b']},
      {of: [{generation: 3, minimum: 3}], lines: [record('{"v":"c"}'), status('INCOMPLETE')], values: ['a', 'b']},
      {of: [{generation: 3, minimum: 3}], lines: [record('{"v":"c"}'), ...complete], values: ['c']},
    ],
  },
];

const overwrite: readonly Scenario[] = [
  {
    name: 'overwrite replaces the table when the stream is complete, empty ones too',
    runs: [
      seeded,
      {of: [overwriting(2)], lines: [record('{"v":7,"w":"new"}'), ...complete], values: ['7']},
      {of: [overwriting(3)], lines: complete, values: []},
      {of: [overwriting(4)], lines: [record('{"v":"text again"}'), ...complete], values: ['text again']},
    ],
  },
  ...(
    [
      ['INCOMPLETE', [status('INCOMPLETE')]],
      ['no status', []],
    ] as const
  ).map(
    ([end, lines]): Scenario => ({
      name: `overwrite leaves the table as it was after ${end}`,
      runs: [
        seeded,
        {
          of: [overwriting(2)],
          lines: [record('{"v":"half"}'), state({n: 1}), record('{"v":"lost"}'), ...lines],
          values: ['old'],
          saved: [{generation: 1, pending: 2, state: {text: '{"n":1}', generation: 2}}],
        },
        {of: [overwriting(2)], lines: [record('{"v":"rest"}'), ...complete], values: ['half', 'rest']},
      ],
    }),
  ),
  {
    name: 'overwrite: a stream that an earlier attempt completed is not replaced by nothing',
    runs: [
      seeded,
      {of: [overwriting(2)], lines: [record('{"v":"done"}'), ...complete], values: ['done']},
      {of: [overwriting(2)], lines: complete, values: ['done']},
    ],
  },
  {
    name: 'overwrite: another generation, or none, starts anew',
    runs: [
      seeded,
      {of: [overwriting(2)], lines: [record('{"v":"half"}'), state({n: 1})], values: ['old']},
      {of: [overwriting(3)], lines: [record('{"v":"whole"}'), ...complete], values: ['whole']},
      {of: [overwriting(null)], lines: [record('{"v":"a"}'), state({n: 1})], values: ['whole']},
      {of: [overwriting(null)], lines: [record('{"v":"b"}'), ...complete], values: ['b']},
    ],
  },
  {
    name: 'a refresh of a merged stream replaces it too; rows below a minimum go at the end',
    runs: [
      {
        of: [{...merging, generation: 1, minimum: 0}],
        lines: [row(1, null, 'a'), row(2, null, 'b'), ...complete],
        values: ['a', 'b'],
      },
      {of: [{...merging, generation: 2, minimum: 2}], lines: [row(1, null, 'a2'), ...complete], values: ['a2']},
      {of: [{...merging, generation: 2, minimum: 0}], lines: [row(1, null, 'a3'), ...complete], values: ['a3']},
    ],
  },
  {
    name: 'a sample is replaced by the next run, under the same generation too',
    runs: [
      {
        of: [{...overwriting(1)}],
        lines: [record('{"v":"sample"}'), ...complete],
        sample: true,
        values: ['sample'],
        saved: [{sample: true}],
      },
      {
        of: [{...overwriting(1)}],
        lines: [record('{"v":"all"}'), ...complete],
        values: ['all'],
        saved: [{sample: false}],
      },
    ],
  },
];

/** Merging by key has scenarios of its own. */
export const scenarios: readonly Scenario[] = [...append, ...overwrite];
