import * as z from 'zod';
import {addressNames} from '../body/names.js';
import {ConnectorError, configError} from '../errors.js';
import type {Answer} from '../http/answer.js';
import {type Json, printExact} from '../json/exact.js';
import type {Path} from '../json/path.js';
import {commonKeys, jsonPath} from './common-keys.js';
import {pathAt} from './compile-path.js';
import {noNext, repeatedPosition, textAt} from './following.js';
import {resolveLink} from './link.js';
import {nextValue} from './next-value.js';
import type {Paginator, PaginatorContext} from './paginator.js';
import {paginatorKind} from './paginator.js';
import {isJsonObject} from './place.js';
import {compileRules} from './rules.js';

const schema = z.strictObject({
  type: z.literal('json_link'),
  ...commonKeys,
  next_url_path: jsonPath.nullish().meta({description: 'JSONPath of the next link.', default: 'next'}),
});

/** A link as text: itself, or the address in an object. */
function linkText(value: Json): string | undefined {
  if (typeof value === 'string') return value;
  if (!isJsonObject(value)) return undefined;
  const inner = addressNames.map((key) => value[key]).find((address) => (address ?? null) !== null);
  return typeof inner === 'string' ? inner : undefined;
}

/** A link from the root is followed there (RFC 3986), and some APIs mean below base_url: where that leads nowhere, it is said. */
function withBaseHint({refusal, status, url}: Answer, baseUrl: string): ConnectorError | undefined {
  const base = URL.canParse(baseUrl) ? new URL(baseUrl).pathname.replace(/\/$/, '') : '';
  if (refusal === undefined || status !== 404 || base === '' || url.pathname.startsWith(base)) return undefined;
  const hint = `the link leads outside of ${base}; if it is meant below base_url, write next_url_base: base_url`;
  return new ConnectorError(refusal.failureType, `${refusal.message}; ${hint}`, {cause: refusal, status});
}

/** dlt's json_link: the link stands in the body. Only http(s) links are followed; the empty values of T17 are none. */
function create(options: z.output<typeof schema>, context: PaginatorContext): Paginator {
  const source = options.next_url_path ?? 'next';
  const place = `${context.place}.next_url_path`;
  const path = pathAt(source, place);
  const facts: readonly Path[] = path === undefined ? [] : [path];
  const rules = compileRules(options, context, {facts});
  const baseUrl = options.next_url_base === 'base_url' ? context.baseUrl : undefined;

  const linkOf = (answer: Answer): string | undefined => {
    const value = path === undefined ? undefined : nextValue(answer, path);
    if (value === undefined) return undefined;
    const text = linkText(value);
    if (text === '') return undefined;
    if (text === undefined) {
      throw configError(
        `${place}: ${printExact(value).slice(0, 100)} is no link; for a token use {type: cursor, cursor_path: ${path?.text}}`,
      );
    }
    return resolveLink(text, answer.url, place, baseUrl);
  };

  return {
    type: 'json_link',
    start: {},
    facts: rules.facts,
    resumable: rules.resumable,
    request(base, at) {
      const link = textAt(at, 'link');
      return link === undefined ? rules.request(base, at) : rules.linkRequest(base, at, link);
    },
    next(at, answer) {
      if (answer.verdict !== 'page') throw withBaseHint(answer, context.baseUrl) ?? rules.refuse(answer);
      const reading = rules.read(at, answer);
      const stop = rules.stop(reading);
      if (stop !== undefined) return stop;
      const link = linkOf(answer);
      if (link === undefined)
        return noNext(rules, reading, {reason: 'no next link', key: `next_url_path ${path?.text}`});
      return rules.stopShort(reading) ?? rules.go(reading, {link});
    },
    repeated: repeatedPosition(rules, `next_url_path ${path?.text}`),
    totalItems: rules.totalItems,
  };
}

export const jsonLink = paginatorKind('json_link', schema, create);
