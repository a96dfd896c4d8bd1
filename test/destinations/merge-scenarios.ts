import {complete, merging, row, type Scenario} from './scenarios.js';
import {record, state, status} from './support.js';

const longKey = 'k'.repeat(3_000);

export const mergeScenarios: readonly Scenario[] = [
  {
    name: 'append_dedup: the newest of a key wins, whatever order they come in, also within one batch',
    runs: [
      {
        of: [merging],
        lines: [
          row(1, '2026-01-02T00:00:00Z', 'new'),
          row(1, '2026-01-01T00:00:00Z', 'old'),
          row(2, '2026-01-01T00:00:00Z', 'first'),
          row(2, '2026-01-01T00:00:00Z', 'later arrival'),
          row(3, null, 'without'),
          row(3, '2020-01-01T00:00:00Z', 'with cursor'),
          ...complete,
        ],
        values: ['later arrival', 'new', 'with cursor'],
      },
    ],
  },
  {
    name: 'append_dedup: a later run replaces what is older and leaves what is newer',
    uncounted: ['folder'],
    runs: [
      {
        of: [merging],
        lines: [row(1, '2026-01-02T00:00:00Z', 'a'), row(2, '2026-01-02T00:00:00Z', 'b'), ...complete],
        values: ['a', 'b'],
      },
      {
        of: [merging],
        lines: [
          row(1, '2026-01-01T00:00:00Z', 'stale'),
          row(2, '2026-01-02T00:00:00Z', 'b2'),
          row(3, '2026-01-02T00:00:00Z', 'c'),
          row(3, '2026-01-03T00:00:00Z', 'c2'),
          ...complete,
        ],
        values: ['a', 'b2', 'c2'],
        counts: {rows: 4, new: 1, changed: 1},
      },
    ],
  },
  {
    name: 'append_dedup: several states in one run',
    runs: [
      {
        of: [merging],
        lines: [
          ...[0, 1, 2, 3].flatMap((n) => [
            row(1, `2026-01-0${n + 1}T00:00:00Z`, `v${n}`),
            row(n + 10, null, `x${n}`),
            state({n}),
          ]),
          status('COMPLETE'),
        ],
        values: ['v3', 'x0', 'x1', 'x2', 'x3'],
        echoed: 4,
      },
    ],
  },
  {
    name: 'append_dedup: a key of nulls names no row; a key that is null in part does',
    runs: [
      {
        of: [{mode: 'append_dedup', key: [['a'], ['b']]}],
        lines: [
          ...[
            '{"v":"1"}',
            '{"v":"2","a":null}',
            '{"a":1,"v":"3"}',
            '{"a":1,"b":null,"v":"4"}',
            '{"a":1,"b":2,"v":"5"}',
          ].map((data) => record(data)),
          ...complete,
        ],
        values: ['1', '2', '4', '5'],
      },
      {
        of: [{mode: 'append_dedup', key: [['a'], ['b']]}],
        lines: [record('{"a":1,"v":"6"}'), ...complete],
        values: ['1', '2', '5', '6'],
      },
      {
        of: [{mode: 'append_dedup', key: [['a'], ['b']]}],
        lines: [record('{"b":2,"v":"7"}'), record('{"a":1,"b":2,"v":"8"}'), ...complete],
        values: ['1', '2', '6', '7', '8'],
      },
    ],
  },
  {
    name: 'append_dedup: keys and cursors inside objects; cursors that are numbers, epoch text, or dates for people',
    runs: [
      {
        of: [{mode: 'append_dedup', key: [['k', 'a/b']], cursor: ['c', 'at']}],
        lines: [
          ...[
            '{"k":{"a/b":12345678901234567890},"c":{"at":9},"v":"old"}',
            '{"k":{"a/b":12345678901234567890},"c":{"at":10},"v":"new"}',
            '{"k":{"a/b":12345678901234567891},"c":{"at":9},"v":"other"}',
            '{"k":{"a/b":3},"c":{"at":"Tue, 03 Jun 2008"},"v":"tue"}',
            '{"k":{"a/b":3},"c":{"at":"Mon, 02 Jun 2008"},"v":"arrived last"}',
            '{"k":{"a/b":4},"c":{"at":"2026-01-01T00:00:00.5Z"},"v":"half past"}',
            '{"k":{"a/b":4},"c":{"at":"2026-01-01T00:00:00Z"},"v":"sharp"}',
          ].map((data) => record(data)),
          ...complete,
        ],
        values: ['arrived last', 'half past', 'new', 'other'],
      },
      {
        of: [{mode: 'append_dedup', key: [['k', 'a/b']], cursor: ['c', 'at']}],
        lines: [
          ...[
            '{"k":{"a/b":12345678901234567890},"c":{"at":9.5},"v":"stale"}',
            '{"k":{"a/b":4},"c":{"at":"2026-01-01T01:00:00.4+01:00"},"v":"a little earlier"}',
            '{"k":{"a/b":3},"c":{"at":"Fri, 01 Jan 1999"},"v":"last again"}',
          ].map((data) => record(data)),
          ...complete,
        ],
        values: ['half past', 'last again', 'new', 'other'],
      },
    ],
  },
  {
    name: 'append_dedup: a key whose type widens still meets its older rows',
    runs: [
      {of: [merging], lines: [row(1, null, 'one'), row(2, null, 'two'), ...complete], values: ['one', 'two']},
      {
        of: [merging],
        lines: [row(1, null, 'one again'), row('x', null, 'text'), ...complete],
        values: ['one again', 'text', 'two'],
      },
      {
        of: [merging],
        lines: [row('x', null, 'text again'), row(2, null, 'two again'), ...complete],
        values: ['one again', 'text again', 'two again'],
      },
    ],
  },
  {
    name: 'append_dedup: large integers are keys of their own, also between two runs',
    runs: [
      {
        of: [merging],
        lines: [record('{"id":9007199254740992,"v":"a"}'), record('{"id":9007199254740993,"v":"b"}'), ...complete],
        values: ['a', 'b'],
      },
      {
        of: [merging],
        lines: [record('{"id":9007199254740993,"v":"b2"}'), record('{"id":98765432109876543210,"v":"c"}'), ...complete],
        values: ['a', 'b2', 'c'],
      },
    ],
  },
  {
    name: 'append_dedup: keys of three thousand characters',
    runs: [
      {
        of: [{mode: 'append_dedup', key: [['url']]}],
        lines: [record(`{"url":"${longKey}a","v":"a"}`), record(`{"url":"${longKey}b","v":"b"}`), ...complete],
        values: ['a', 'b'],
      },
      {
        of: [{mode: 'append_dedup', key: [['url']]}],
        lines: [record(`{"url":"${longKey}b","v":"b2"}`), record('{"url":"short","v":"c"}'), ...complete],
        values: ['a', 'b2', 'c'],
      },
    ],
  },
  {
    name: 'rows that were appended are merged once there is a key, and stand side by side again without',
    runs: [
      {
        of: [{...merging, mode: 'append'}],
        lines: [row(1, null, 'a'), row(1, null, 'b'), row(2, null, 'c'), ...complete],
        values: ['a', 'b', 'c'],
      },
      {of: [merging], lines: [row(1, null, 'd'), ...complete], values: ['c', 'd']},
      {of: [{...merging, mode: 'append'}], lines: [row(1, null, 'e'), ...complete], values: ['c', 'd', 'e']},
    ],
  },
];
