import * as z from 'zod';
import {commonKeys} from './common-keys.js';
import {paginatorKind} from './paginator.js';
import {compileRules} from './rules.js';

const schema = z.strictObject({type: z.literal('single_page'), ...commonKeys});

/** One request; whatever the answer says about further pages was not asked for. */
export const singlePage = paginatorKind('single_page', schema, (options, context) => {
  const rules = compileRules(options, context);
  return {
    type: 'single_page',
    start: {},
    facts: rules.facts,
    resumable: rules.resumable,
    request: rules.request,
    next(at, answer) {
      if (answer.verdict !== 'page') return rules.refuse(answer);
      return rules.end(rules.read(at, answer), {reason: 'single page', wanted: true});
    },
    totalItems: rules.totalItems,
  };
});
