import * as z from 'zod';
import {nearest} from '../../did-you-mean.js';
import type {Json} from '../../json/exact.js';
import {paginators} from '../../pagination/table.js';
import {typeOfClass} from '../class-names.js';
import {checkKind} from './kinds.js';
import {isJsonObject} from './values.js';

/** Words that are no type: `inherit` takes the next level. */
const words = ['inherit'];

/** A type as text, an object with `type`, or null (config-language §5). */
export const paginator = z
  .custom<Json>((value) => value === undefined || value === null || typeof value === 'string' || isJsonObject(value), {
    error: 'must be a paginator: a type such as offset, or an object with type',
    abort: true,
  })
  .superRefine((value, context) => {
    if (value === undefined || value === null) return;
    const types = paginators.map((kind) => kind.type);
    const block = isJsonObject(value) ? value : {type: value};
    const type = block['type'];
    const path = isJsonObject(value) ? ['type'] : [];
    if (typeof type === 'string' && !isJsonObject(value) && words.includes(type)) return;
    const kind = paginators.find((candidate) => candidate.type === type);
    if (kind !== undefined) return checkKind(kind, block, context, []);
    context.addIssue({code: 'custom', path, message: unknownType(type, types, Object.keys(block))});
  })
  .meta({type: 'type or object'});

function unknownType(type: Json | undefined, types: readonly string[], keys: readonly string[]): string {
  const list = `types are ${types.join(', ')}`;
  if (type === undefined) {
    const fitting = paginators
      .filter((kind) => keys.length > 0 && keys.every((key) => key in kind.schema.shape))
      .map((kind) => kind.type);
    return `is missing; ${fitting.length > 0 && fitting.length < 4 ? `these keys fit ${fitting.join(', ')}` : list}`;
  }
  if (typeof type !== 'string') return `must be a text; ${list}`;
  const near = typeOfClass(type) ?? nearest(type, [...types, ...words]);
  return `unknown paginator${near === undefined ? '' : `; did you mean ${near}?`} (${list})`;
}
