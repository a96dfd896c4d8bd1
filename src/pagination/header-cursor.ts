import * as z from 'zod';
import {headerText} from '../http/link-header.js';
import {commonKeys, name} from './common-keys.js';
import {noNext, repeatedPosition, textAt} from './following.js';
import type {Paginator, PaginatorContext} from './paginator.js';
import {paginatorKind} from './paginator.js';
import {put} from './place.js';
import {compileRules} from './rules.js';

const schema = z.strictObject({
  type: z.literal('header_cursor'),
  ...commonKeys,
  cursor_key: name.nullish().meta({description: 'Response header with the next cursor.', default: 'next'}),
  cursor_param: name.nullish().meta({description: 'Query parameter that carries the cursor.', default: 'cursor'}),
});

/** dlt's header_cursor: the next cursor stands in a header; an empty one and `null` are none (trap T16). */
function create(options: z.output<typeof schema>, context: PaginatorContext): Paginator {
  const rules = compileRules(options, context);
  const key = options.cursor_key ?? 'next';
  const place = {param: options.cursor_param ?? 'cursor', at: `${context.place}.cursor_param`};

  return {
    type: 'header_cursor',
    start: {},
    facts: rules.facts,
    resumable: rules.resumable,
    request(base, at) {
      const cursor = textAt(at, 'cursor');
      const request = rules.request(base, at);
      return cursor === undefined ? request : put(request, place, cursor);
    },
    next(at, answer) {
      if (answer.verdict !== 'page') return rules.refuse(answer);
      const reading = rules.read(at, answer);
      const stop = rules.stop(reading);
      if (stop !== undefined) return stop;
      const cursor = headerText(answer.headers.get(key) ?? '').trim();
      if (cursor === '' || cursor === 'null') {
        return noNext(rules, reading, {reason: `no header ${key}`, key: `cursor_key ${key}`});
      }
      return rules.stopShort(reading) ?? rules.go(reading, {cursor});
    },
    repeated: repeatedPosition(rules, `cursor_key ${key}`),
    totalItems: rules.totalItems,
  };
}

export const headerCursor = paginatorKind('header_cursor', schema, create);
