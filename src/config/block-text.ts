import {ExactNumber, type Json} from '../json/exact.js';
import {flowText} from './flow-text.js';

/** Characters of a list or object that stays on its line. */
const oneLine = 60;

/** A value as YAML: objects in blocks, what is short and flat on one line. */
export function blockText(value: Json, indent = ''): string {
  if (!isBranch(value) || isShort(value)) return `${indent}${flowText(value, false)}`;
  if (Array.isArray(value)) {
    return value.map((item: Json) => `${indent}- ${blockText(item, `${indent}  `).trimStart()}`).join('\n');
  }
  return Object.entries(value)
    .map(([key, item]) => {
      const name = `${indent}${flowText(key, false)}:`;
      if (!isBranch(item) || isShort(item)) return `${name} ${flowText(item, false)}`;
      return `${name}\n${blockText(item, `${indent}  `)}`;
    })
    .join('\n');
}

const isBranch = (value: Json): value is Exclude<Json, string | number | boolean | null | ExactNumber> =>
  typeof value === 'object' && value !== null && !(value instanceof ExactNumber);

const isShort = (value: Json): boolean =>
  flowText(value, false).length <= oneLine &&
  Object.values(value ?? {}).every((item: Json) => !isBranch(item) || isEmpty(item));

const isEmpty = (value: Json): boolean => Object.keys(value ?? {}).length === 0;
