import type {Answer} from '../http/answer.js';
import type {JsonObject} from '../json/exact.js';
import type {Note} from '../log.js';
import type {Next, PaginatorContext, Position} from './paginator.js';
import {progressOf, wasShort} from './progress.js';
import {type Reading, type Rules, withStopHint} from './rules.js';

/** The shared end rules of offset and page_number (config-language §5, *Ends*), over what the two count. */
interface Counted {
  /** The next position without its progress, and the number in it. */
  readonly own: JsonObject;
  readonly next: number;
  readonly drop?: string;
  /** What the totals are compared with; undefined: not comparable. */
  readonly total: Compared | undefined;
  readonly items: Compared | undefined;
  /** Items covered, for the evidence; null: not comparable. */
  readonly covered: number | null;
}

/** A total is reached at `reached` or below, and ignored below `received`: the server does not mean what we think. */
export interface Compared {
  readonly value: number;
  readonly reached: number;
  readonly received: number;
}

export interface Maximum {
  readonly key: 'maximum_offset' | 'maximum_page';
  readonly value: number | undefined;
}

/**
 * What it means that a number gives the records of the page before. `key` of the configuration names the parameter; `hasWorked`: it
 * gave other records before, so the server knows it.
 */
export function sameAgain(
  name: string,
  value: number | string,
  {hasWorked, key}: {readonly hasWorked: boolean; readonly key: string},
): string {
  const seen = `${name}=${value} gives the records of the page before again`;
  return hasWorked
    ? `${seen}: write on_repeat: end if the server repeats its last page, as some do`
    : `the server ignores ${name}: ${seen}. Write the parameter that it knows in ${key}, or paginator: single_page if one page is all, or on_repeat: end`;
}

function totalNotes(rules: Rules, compared: readonly Compared[]): Note[] {
  const {written} = rules.totals;
  if (written.size === 0) return [];
  return compared
    .filter(({value, received}) => value < received)
    .map(({value, received}) => ({
      level: 'warn',
      key: 'pagination.total',
      text: `the total ${value} is ignored: ${received} were received already`,
    }));
}

const reachedText = ({value, reached}: Compared): string => `total reached ${Math.min(reached, value)}/${value}`;

/** Rules 3 and 4, and what an empty page means that does not end the walk; the page was no end by rules 1 and 2. */
export function nextCounted(
  rules: Rules,
  reading: Reading,
  counted: Counted,
  maximum: Maximum,
  context: PaginatorContext,
): Next {
  const compared = [counted.total, counted.items].filter((total) => total !== undefined);
  const usable = compared.filter(({value, received}) => value >= received);
  const ignored = totalNotes(rules, compared);
  const judged: Reading = ignored.length === 0 ? reading : {...reading, notes: [...reading.notes, ...ignored]};
  const drop = counted.drop === undefined ? {} : {drop: counted.drop};
  const isReached = usable.length > 0 && usable.every(({value, reached}) => reached >= value);
  const {covered} = counted;
  if (isReached && wasShort(reading.progress, rules.limit)) {
    return rules.end(judged, {reason: usable.map(reachedText).join(', '), covered, ...drop});
  }
  const isBounded = (reading.totalHere && usable.length > 0) || maximum.value !== undefined || reading.says === 'more';
  if (reading.answer.rows === 0 && !isBounded) return rules.end(judged, {reason: 'empty page', covered, ...drop});
  const short = rules.stopShort(judged, covered);
  if (short !== undefined) return short;
  if (maximum.value !== undefined && counted.next >= maximum.value) {
    const notes: Note[] = [];
    if (context.unordered) {
      const text =
        `${maximum.key} ${maximum.value} ended the walk of an incremental stream: rows beyond it may be older than ` +
        'the cursor that is kept; set row_order: asc if the server sorts by it';
      notes.push({level: 'warn', key: 'pagination.maximum', text});
    }
    return rules.end(judged, {reason: `${maximum.key} ${maximum.value} reached`, wanted: true, notes, ...drop});
  }
  return rules.go(judged, counted.own, counted.drop);
}

/** What is known when a request past the end is refused. */
interface PastEnd {
  /** A total is reached, by the most generous reading. */
  readonly reached: boolean;
  /** A request with the number has succeeded before. */
  readonly worked: boolean;
  readonly covered: number | null;
}

/** Rule 5: a refused request that is the end. Throws the refusal otherwise, with the entry that would make it one. */
export function refusedCounted(rules: Rules, at: Position, answer: Answer, past: PastEnd): Next {
  const progress = progressOf(at);
  if (progress.pages === 0) return rules.refuse(answer);
  const isPlausible = wasShort(progress, rules.limit) || past.reached;
  const {status} = answer;
  const isEnd =
    status === 416 ||
    (status === 404 && (isPlausible || rules.limit === undefined)) ||
    ((status === 400 || status === 422) && isPlausible && past.worked);
  if (!isEnd) throw withStopHint(answer) ?? rules.refuse(answer);
  const notes: Note[] = [];
  if (status === 400 || status === 422) {
    const text = `status ${status} past the last page is taken as the end`;
    notes.push({level: 'info', key: 'pagination.refused', text});
  }
  const reading: Reading = {answer, progress, says: undefined, totalHere: false, notes};
  return rules.end(reading, {reason: `${status} past the end`, covered: past.covered});
}

/** `stop_after_empty_page: false` needs something else that ends the walk. */
export const lacksEnd = (rules: Rules, maximum: Maximum): boolean =>
  rules.options.stop_after_empty_page === false &&
  rules.options.total_path === null &&
  rules.totals.header === undefined &&
  rules.totals.items === undefined &&
  maximum.value === undefined &&
  !rules.hasFlag;
