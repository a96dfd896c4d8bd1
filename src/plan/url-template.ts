import {placeOf} from '../config/problem.js';
import {type ConnectorError, configError} from '../errors.js';
import {joinUrl} from '../http/url.js';
import type {Segment} from '../json/path.js';
import {textOf} from './render.js';
import {lackingAtFirst, resolver} from './resolve.js';
import type {RenderInput, Scope} from './scope.js';
import {lone, type Placeholder, parseTemplate, type Template} from './template.js';

/** The path of an endpoint, compiled: an absolute URL below base_url (or the URL that the path holds). */
export type UrlRenderer = (input: RenderInput, baseUrl: string) => string;

/**
 * Values are percent-encoded as one segment, in the path's own query as a value; `{x|raw}` is not. Empty values and dot
 * segments are errors that name the parent row (dlt trap T26). An entry of that query whose value is not known yet is left
 * out. A path of one placeholder holding a URL is used as it is.
 */
export function compileUrl(path: string, scope: Scope, place: readonly Segment[]): UrlRenderer {
  const template = parseTemplate(path, 'path');
  for (const part of template.parts) {
    if (typeof part === 'string' && /[{}]/.test(part)) {
      scope.error(
        place,
        `a brace that belongs to no placeholder in "${path}": write {resources.<parent>.<field>} or {vars.<name>}`,
      );
    }
  }
  refuseUnknownStart(template, scope, place);
  refuseUnusableConstants(template, scope, place);
  const only = lone(template);
  const at = placeOf(place);
  const parts = template.parts.map((part) =>
    typeof part === 'string'
      ? part
      : {value: resolver(part, scope, place), raw: part.filter === 'raw', text: part.text},
  );
  return (input, baseUrl) => {
    let url = '';
    let isLeftOut = false;
    for (const part of parts) {
      if (typeof part === 'string') {
        url = isLeftOut ? afterLeftOut(url, part) : url + part;
        isLeftOut &&= entryEnd(part) === part.length;
        continue;
      }
      if (isLeftOut) continue;
      const value = part.value(input);
      isLeftOut = value === undefined && url.includes('?');
      if (isLeftOut) {
        url = url.slice(0, Math.max(url.lastIndexOf('?'), url.lastIndexOf('&')));
        continue;
      }
      const text = value === undefined ? '' : textOf(value);
      if (only !== undefined && /^https?:\/\//i.test(text)) return text;
      url += part.raw ? raw(text, url, `${at}: ${part.text}`, input) : encoded(text, url, `${at}: ${part.text}`, input);
    }
    return joinUrl(baseUrl, url);
  };
}

/** The url without the entry that has no value, and what follows that entry in `text`. */
function afterLeftOut(url: string, text: string): string {
  const rest = text.slice(entryEnd(text));
  return url + (url.includes('?') ? rest : rest.replace(/^&/, '?'));
}

/** Where the query entry that began before this text ends. */
function entryEnd(text: string): number {
  const end = text.search(/[&#]/);
  return end < 0 ? text.length : end;
}

/** The placeholders before the path's own query. */
function inPath({parts}: Template): readonly Placeholder[] {
  const query = parts.findIndex((part) => typeof part === 'string' && part.includes('?'));
  return (query < 0 ? parts : parts.slice(0, query)).filter((part) => typeof part === 'object');
}

/** A first request without a start or end has no such segment: said before it (config-language §8, Sent). */
function refuseUnknownStart(template: Template, scope: Scope, place: readonly Segment[]): void {
  for (const part of inPath(template)) {
    const key = lackingAtFirst(part, scope.cursor);
    if (key !== undefined)
      scope.error(place, `${part.text} has no value in the first request: give incremental.${key}`);
  }
}

/** A variable or secret that is no segment is no parent's fault: said before the first request. */
function refuseUnusableConstants(template: Template, scope: Scope, place: readonly Segment[]): void {
  for (const {context, name, filter, text} of inPath(template)) {
    const constants = {vars: scope.variables, secrets: scope.secrets};
    const value = context === 'vars' || context === 'secrets' ? constants[context][name] : undefined;
    const what = value === undefined || filter !== undefined ? undefined : noSegment(textOf(value));
    if (what !== undefined) scope.error(place, `${text} in the path is ${what}: give it another value`);
  }
}

/** What makes a text no segment of a path: nothing, or a dot segment. */
const noSegment = (text: string): string | undefined =>
  text === '' ? 'empty' : text === '.' || text === '..' ? `"${text}"` : undefined;

function encoded(text: string, before: string, placeholder: string, input: RenderInput): string {
  const what = before.includes('?') ? undefined : noSegment(text);
  if (what !== undefined) throw unusable(placeholder, what, input);
  return encodeURIComponent(text.toWellFormed());
}

/** A dot segment, plain or encoded: it would lead out of the path that is written. */
const dotSegment = /(^|[/\\])(\.|%2e){1,2}([/\\?#]|$)/i;

/** As it is, several segments if it has them, but below the path that is written. */
function raw(text: string, before: string, placeholder: string, input: RenderInput): string {
  const [path = ''] = text.split(/[?#]/, 1);
  if (!before.includes('?') && dotSegment.test(path)) throw unusable(placeholder, `"${text}"`, input);
  return text;
}

const unusable = (placeholder: string, what: string, input: RenderInput): ConnectorError =>
  configError(
    `${placeholder} in the path is ${what}${rowOf(input)}; filter such rows out of the parent, or use another field`,
  );

/** The parent row in a few words, for messages. */
function rowOf(input: RenderInput): string {
  const values = input.slice.parent?.values;
  return values === undefined
    ? ''
    : ` for the parent row (${values.map((value) => (value ?? 'null').slice(0, 40)).join(', ')})`;
}
