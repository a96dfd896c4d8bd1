import {findNamed, pageNumberNames} from '../body/names.js';
import type {Page} from '../body/page.js';
import {envelope} from './envelope.js';

/**
 * The number of the first page, 0 or 1, as the body echoes it under a known name (config-language §5, *Base of
 * page_number*); undefined where it says nothing, or two members differ.
 */
export function echoedBase(page: Page): 0 | 1 | undefined {
  const numbers = findNamed(envelope(page), pageNumberNames, page.selector.stem)
    .map(({value}) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value))
    .filter((value) => typeof value === 'number');
  const [first] = numbers;
  if (first === undefined || numbers.some((number) => number !== first)) return undefined;
  return first === 0 || first === 1 ? first : undefined;
}
