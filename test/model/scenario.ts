import fc from 'fast-check';
import {type KindName, kinds} from './kinds.js';

export const paginators = [
  'offset',
  'offset_total',
  'page_number',
  'page_total',
  'page_flag',
  'page_unknown',
  'token',
  'token_body',
  'last_record',
  'json_link',
  'header_link',
  'header_cursor',
  'single_page',
  'auto',
] as const;

/** One combination of everything that the language and an API can do, and how wild its life is. Plain values: they shrink. */
export interface Scenario {
  /** Decides what happens when. */
  readonly seed: number;
  readonly paginator: (typeof paginators)[number];
  /** Tokens and links of an API that counts: the list shifts under them. */
  readonly counting: boolean;
  /** Tokens are refused in a later run. */
  readonly expires: boolean;
  readonly pastEnd: 'empty' | '416' | '404';
  readonly kind: KindName | 'none';
  readonly mode: 'incremental' | 'overwrite' | 'append';
  /** What is declared, and whether it is true. */
  readonly order: 'none' | 'asc' | 'desc';
  readonly kept: boolean;
  /** The order of the list where none is kept. */
  readonly sort: 'id' | 'scrambled' | 'asc';
  /** Whether the API filters by the start (`open`: without rows equal to it) and by the end. */
  readonly since: 'none' | 'closed' | 'open';
  readonly until: 'none' | 'closed' | 'open';
  readonly initial: boolean;
  /** In ticks of the kind; 0: none. */
  readonly lag: number;
  readonly step: number;
  readonly delay: number;
  /** Ticks until a change can be seen. */
  readonly late: number;
  /** end_value: now without windows. */
  readonly now: boolean;
  readonly windowLimit: boolean;
  readonly convert: 'none' | 'epoch_seconds' | 'minutes';
  /** Rows without a cursor. */
  readonly missing: boolean;
  readonly levels: 1 | 2 | 3;
  readonly parentIncremental: boolean;
  /** The parents are a stream of this sync too. */
  readonly parentsRead: boolean;
  /** Every other parent stands twice in their list, on other pages too: alike, or with other columns for its children. */
  readonly twice: 'no' | 'alike' | 'other';
  readonly parentPaginator: 'token' | 'offset' | 'page_total' | 'single_page';
  readonly shards: 1 | 2 | 3;
  readonly width: 1 | 2 | 4;
  readonly pageSize: number;
  /** Pages are sometimes smaller than asked for. */
  readonly uneven: boolean;
  readonly rows: number;
  readonly parents: number;
  readonly runs: number;
  /** 0 never … 3 often. */
  readonly busy: number;
  readonly failing: number;
  readonly killed: number;
  /** A failure that response_actions ignore. */
  readonly ignored: boolean;
  /** The API's clock less ours, in ticks. */
  readonly skew: number;
  /** Days pass between some runs. */
  readonly pauses: boolean;
  /** How the host keeps states. */
  readonly host: 'same' | 'sorted' | 'floats';
}

const often = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    {weight: 2 * others.length, arbitrary: fc.constant(usual)},
    {weight: others.length, arbitrary: fc.constantFrom(...others)},
  );

export const anyScenario = fc.record<Scenario>({
  seed: fc.integer({min: 0, max: 2 ** 31 - 1}),
  paginator: fc.constantFrom(...paginators),
  counting: often(false, true),
  expires: often(false, true),
  pastEnd: fc.constantFrom('empty', '416', '404'),
  kind: fc.constantFrom('none', ...(Object.keys(kinds) as KindName[])),
  mode: often('incremental', 'overwrite', 'append'),
  order: fc.constantFrom('none', 'asc', 'desc'),
  kept: often(true, false),
  sort: fc.constantFrom('id', 'scrambled', 'asc'),
  since: fc.constantFrom('none', 'closed', 'open'),
  until: fc.constantFrom('none', 'closed', 'open'),
  initial: often(true, false),
  lag: fc.constantFrom(0, 0, 2, 40),
  step: fc.constantFrom(0, 0, 9, 40),
  delay: often(0, 4),
  late: often(0, 3),
  now: often(false, true),
  windowLimit: fc.boolean(),
  convert: often('none', 'epoch_seconds', 'minutes'),
  missing: often(false, true),
  levels: fc.constantFrom(1, 1, 2, 2, 3),
  parentIncremental: often(false, true),
  parentsRead: fc.boolean(),
  twice: often('no', 'alike', 'other'),
  parentPaginator: fc.constantFrom('token', 'offset', 'page_total', 'single_page'),
  shards: often(1, 2, 3),
  width: fc.constantFrom(1, 2, 4),
  pageSize: fc.integer({min: 1, max: 5}),
  uneven: fc.boolean(),
  rows: fc.integer({min: 0, max: 24}),
  parents: fc.integer({min: 0, max: 5}),
  runs: fc.integer({min: 0, max: 6}),
  busy: fc.integer({min: 0, max: 3}),
  failing: fc.integer({min: 0, max: 3}),
  killed: fc.integer({min: 0, max: 3}),
  ignored: often(false, true),
  skew: fc.constantFrom(0, 0, 0, -5, 5),
  pauses: often(false, true),
  host: fc.constantFrom('same', 'sorted', 'floats'),
});

const counted: readonly string[] = ['offset', 'offset_total', 'page_number', 'page_total', 'page_flag', 'page_unknown'];

/** The list may shift under the walk: an unordered walk by numbers can skip a row (config-language §8). */
export const shifts = ({paginator, counting}: Scenario): boolean => counting || counted.includes(paginator);

/** Rows that change while a sync runs come in the next one: a time is bounded, else the order has to hold. */
export function isProtected({kind, order, kept, step}: Scenario): boolean {
  if (kind === 'none') return true;
  const {time, min} = kindOf(kind);
  if (time && min !== true) return true;
  return step === 0 && kept && order === (min === true ? 'desc' : 'asc');
}

interface Shown {
  readonly time: boolean;
  readonly min?: boolean;
}
const kindOf = (kind: KindName): Shown => kinds[kind];

/** The nearest scenario that makes sense: what contradicts the kind, the paginator or the mode is set to its plain value. */
export function sensible(raw: Scenario): Scenario {
  const s = {...raw};
  const tokens = ['token', 'token_body', 'json_link', 'header_link', 'header_cursor', 'auto'].includes(s.paginator);
  if (!tokens) Object.assign(s, {counting: false, expires: false});
  if (s.paginator === 'page_unknown' || s.paginator === 'page_number' || s.paginator.startsWith('page_') || s.counting)
    s.uneven = false;
  // A record names the next page only in an order that never changes: what is declared of another one is false.
  if (s.paginator === 'last_record') Object.assign(s, {sort: 'id', kept: s.order === 'none'});
  if (s.pastEnd === '404' && !['offset_total', 'page_total'].includes(s.paginator)) s.pastEnd = '416';
  if (s.levels === 1) Object.assign(s, {parentIncremental: false, parentsRead: false, twice: 'no'});
  if (s.kind === 'none') {
    const plain = {
      order: 'none',
      since: 'none',
      until: 'none',
      lag: 0,
      step: 0,
      delay: 0,
      late: 0,
      now: false,
      missing: false,
    };
    Object.assign(s, plain, {convert: 'none'});
    if (s.mode === 'incremental' && !s.parentIncremental) s.mode = 'append';
  } else forKind(s, kindOf(s.kind));
  if (s.mode !== 'incremental') s.parentIncremental = false;
  if (s.parentIncremental) Object.assign(s, {parentPaginator: 'token', shards: 1, late: 0});
  if (s.order === 'none') s.kept = false;
  if (s.mode !== 'incremental') Object.assign(s, {late: 0, delay: 0});
  return s;
}

function forKind(s: {-readonly [K in keyof Scenario]: Scenario[K]}, {time, min}: Shown): void {
  if (!time || min === true) Object.assign(s, {delay: 0, late: 0, now: false, convert: 'none', skew: 0});
  if (min === true) s.step = 0;
  if (s.kind === 'text') Object.assign(s, {lag: 0, step: 0});
  // Seconds or ms without a format are known for times only from the first page on.
  if (s.kind === 'epochSeconds' || s.kind === 'epochMs')
    Object.assign(s, {step: 0, now: false, delay: 0, convert: 'none'});
  if (s.kind === 'pattern') s.convert = 'none';
  if (s.step > 0) Object.assign(s, {initial: true, pauses: s.pauses && s.kind === 'date'});
  if (s.step === 0) s.windowLimit = false;
  if (s.since === 'open' && s.lag === 0) s.since = 'closed';
  // Rows that nobody can ask for come only where the API does not filter.
  if (s.since !== 'none' || s.until !== 'none' || s.order === 'desc' || s.order === 'asc') s.missing = false;
  if (s.step === 0 && !s.now) s.until = 'none';
  // What is seen late is safe behind a delay, where the end follows it, or within the lag.
  if (s.late > 0 && s.lag < s.late + 1 && !(s.delay >= s.late + 1 && (s.step > 0 || s.now))) s.late = 0;
  if (s.late > 0 && s.paginator === 'last_record') s.late = 0;
  // Falsely descending: rows behind an older one are never asked for, by declaration.
  if ((s.mode === 'incremental' || s.step > 0) && s.order === (min === true ? 'asc' : 'desc') && !s.kept)
    s.order = 'none';
  if (s.mode === 'incremental' && s.order !== 'none' && !s.kept)
    // Once a cursor has followed a false order, only the position brings back what lies below it: it must not be lost. (Where
    // changes are hours apart, the runs themselves take longer than the day that it counts.)
    Object.assign(s, {
      ...{pauses: false, expires: false, ignored: false},
      ...((s.levels > 1 || s.kind === 'date') && {failing: 0, killed: 0}),
    });
}
