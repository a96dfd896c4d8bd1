import * as z from 'zod';
import type {AnswerHeaders} from '../http/answer-headers.js';
import {findLink} from '../http/link-header.js';
import {commonKeys, name} from './common-keys.js';
import {noNext, repeatedPosition, textAt} from './following.js';
import {resolveLink} from './link.js';
import type {Paginator, PaginatorContext} from './paginator.js';
import {paginatorKind} from './paginator.js';
import {compileRules} from './rules.js';

const schema = z.strictObject({
  type: z.literal('header_link'),
  ...commonKeys,
  links_next_key: name
    .nullish()
    .meta({description: 'Relation (rel) of the next link in the Link header.', default: 'next'}),
});

/** The target of a relation in the Link header; one with results="false" is none (it leads to an empty page). */
export function headerLink(headers: AnswerHeaders, relation: string): string | undefined {
  const link = findLink(headers, relation);
  if (link === undefined || link.target === '' || link.attributes.get('results') === 'false') return undefined;
  return link.target;
}

/** dlt's header_link: follows the Link header (RFC 8288). */
function create(options: z.output<typeof schema>, context: PaginatorContext): Paginator {
  const rules = compileRules(options, context);
  const relation = options.links_next_key ?? 'next';
  const place = `${context.place}.links_next_key`;
  const baseUrl = options.next_url_base === 'base_url' ? context.baseUrl : undefined;

  return {
    type: 'header_link',
    start: {},
    facts: rules.facts,
    resumable: rules.resumable,
    request(base, at) {
      const link = textAt(at, 'link');
      return link === undefined ? rules.request(base, at) : rules.linkRequest(base, at, link);
    },
    next(at, answer) {
      if (answer.verdict !== 'page') return rules.refuse(answer);
      const reading = rules.read(at, answer);
      const stop = rules.stop(reading);
      if (stop !== undefined) return stop;
      const target = headerLink(answer.headers, relation);
      if (target === undefined) {
        return noNext(rules, reading, {reason: 'no next link', key: `links_next_key ${relation}`});
      }
      const link = resolveLink(target, answer.url, place, baseUrl);
      return rules.stopShort(reading) ?? rules.go(reading, {link});
    },
    repeated: repeatedPosition(rules, `links_next_key ${relation}`),
    totalItems: rules.totalItems,
  };
}

export const headerLinkKind = paginatorKind('header_link', schema, create);
