import {counted} from '../counted.js';
import {didYouMean} from '../did-you-mean.js';
import {type ConnectorError, configError} from '../errors.js';
import type {Note} from '../log.js';
import type {Columns} from './parent-rows.js';
import type {StreamPlan} from './stream-plan.js';

/** Counts the parents of a child's read, and those of which nothing came (config-language §9). */
export class ParentTally {
  readonly #plan: StreamPlan;
  /** Included columns that were null so far. */
  readonly #unseen: Set<string>;
  /** Columns were looked at: of parents that were read before nothing is known. */
  #looked = false;
  #parents = 0;
  #skipped = 0;
  /** What a slice of the parent in hand was: an answer, a refused first page. */
  #answered = false;
  #refused = false;
  #first: string | undefined;

  constructor(plan: StreamPlan) {
    this.#plan = plan;
    this.#unseen = new Set(plan.parent?.included.map(({column}) => column));
  }

  /** The columns of a parent row, which end up in the child's records. */
  includes(columns: Columns): void {
    if (this.#unseen.size === 0) return;
    this.#looked = true;
    for (const [name, value] of columns) if (value !== 'null') this.#unseen.delete(name);
  }

  /** Columns that no parent row had: they are null in every record. `keys`: names that the first row has. */
  lacking(keys: readonly string[] | undefined): Note | undefined {
    const {parent} = this.#plan;
    if (this.#unseen.size === 0 || !this.#looked || keys === undefined) return undefined;
    const [name = ''] = [...this.#unseen].map((column) => column.slice(`_${parent?.plan.name}_`.length));
    const isThere = keys.includes(name);
    const hint = isThere ? '' : didYouMean(name, keys);
    const text = isThere
      ? `include_from_parent: ${name} is null in every row of ${parent?.plan.name}`
      : `include_from_parent: no row of ${parent?.plan.name} has ${name}, so it is null in every record`;
    return {level: hint === '' ? 'info' : 'warn', key: 'include-missing', text: `${text}${hint}`};
  }

  answered(): void {
    this.#answered = true;
  }

  /** `what`: the request and its status. */
  refused(what: string): void {
    this.#refused = true;
    this.#first ??= what;
  }

  endParent(): void {
    this.#parents++;
    if (this.#refused && !this.#answered) this.#skipped++;
    this.#answered = false;
    this.#refused = false;
  }

  /** A row without a field that the request needs. `keys`: names that the first row has. */
  missing(keys: readonly string[] | undefined): Note {
    const {parent} = this.#plan;
    this.#parents++;
    this.#skipped++;
    const names = parent?.fields
      .slice(0, parent.bound)
      .map(({text}) => text)
      .join(', ');
    const has = keys?.slice(0, 20).join(', ');
    this.#first ??= `its rows lack ${names}${has === undefined ? '' : `; they have ${has}${keys?.[20] === undefined ? '' : ', …'}`}`;
    const text = `rows of the parent ${parent?.plan.name} without ${names} were skipped (on_missing)`;
    return {level: 'warn', key: 'parent-missing', text};
  }

  /** No parent could be read: the path or the field is wrong. */
  fault(): ConnectorError | undefined {
    if (this.#parents === 0 || this.#skipped < this.#parents) return undefined;
    const {name, parent, place} = this.#plan;
    const count = this.#parents === 1 ? 'its only parent could not' : `none of its ${this.#parents} parents could`;
    return configError(
      `${name}: ${count} be read: ${this.#first}; check endpoint.path and the fields of ${parent?.plan.name} (${place})`,
    );
  }

  /** All parents are asked each time although only some change: who did not decide on it is told the price. */
  price(): Note | undefined {
    const {parent, stats} = this.#plan;
    if (parent?.undecided !== true || stats.requests === 0) return undefined;
    const text =
      `${counted(stats.requests, 'request')} for ${counted(this.#parents, 'parent')}, as many each time: ${parent.plan.name} has a cursor, so ` +
      'parent_incremental: true would ask for the parents that changed only (false: all of them are wanted)';
    return {level: 'info', key: 'parent-requests', text};
  }
}
