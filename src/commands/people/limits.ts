import {configError} from '../../errors.js';
import {type Invocation, textOption} from '../command.js';

/** How far a walk is followed; Infinity: to its end. */
export interface Limits {
  readonly pages: number;
  readonly records: number;
  /** Parents or windows of one stream. */
  readonly partitions: number;
}

/** Of --pages, --records, --partitions; 0 is no limit. */
export function limitsOf(invocation: Invocation): Limits {
  const read = (name: string, usual: number): number => {
    const number = countOption(invocation, name) ?? usual;
    return number === 0 ? Number.POSITIVE_INFINITY : number;
  };
  return {pages: read('pages', 3), records: read('records', 1_000), partitions: read('partitions', 2)};
}

/** A number from 0 up. */
export function countOption(invocation: Invocation, name: string): number | undefined {
  const text = textOption(invocation, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw configError(`--${name} ${text}: must be a number from 0 up`);
  return Number(text);
}
