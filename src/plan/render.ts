import {ExactNumber, type Json, type JsonObject, printExact} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import {lackingAtFirst, resolver} from './resolve.js';
import type {RenderInput, Resolver, Scope} from './scope.js';
import {lone, parseTemplate, placeholders, type Site, type Template} from './template.js';

/** Text of a value in a query, form, header or path: strings as they are, numbers by their digits, true and false. */
export function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  if (value instanceof ExactNumber) return value.text;
  return typeof value === 'object' ? printExact(value) : String(value);
}

/** A string with placeholders, compiled: undefined where one of them has no value. */
export type TextRenderer = (input: RenderInput) => string | undefined;

export function compileText(source: string, site: Site, scope: Scope, place: readonly Segment[]): TextRenderer {
  const template = parseTemplate(source, site);
  const parts = template.parts.map((part) => (typeof part === 'string' ? part : resolver(part, scope, place)));
  warnTextAroundStart(template, scope, place);
  if (parts.every((part) => typeof part === 'string')) {
    const text = parts.join('');
    return () => text;
  }
  return (input) => {
    let text = '';
    for (const part of parts) {
      const value = typeof part === 'string' ? part : part(input);
      if (value === undefined) return undefined;
      text += textOf(value);
    }
    return text;
  };
}

/** Without a start the whole entry is left out, its other text too: said while there is time (config-language §8, Sent). */
function warnTextAroundStart(template: Template, scope: Scope, place: readonly Segment[]): void {
  const [key] = placeholders(template).flatMap((part) => lackingAtFirst(part, scope.cursor) ?? []);
  if (key === undefined) return;
  if (key === 'end_value') {
    scope.warn(
      place,
      'is never sent: an end has a value only with incremental.end_value (such as now) or incremental.step',
    );
    return;
  }
  if (lone(template) !== undefined) return;
  scope.warn(place, `is left out of the first request, the text around the placeholder too: give incremental.${key}`);
}

/** A JSON body with placeholders; a lone placeholder keeps its type. */
export type JsonRenderer = (input: RenderInput) => Json;

export function compileJson(value: Json, scope: Scope, place: readonly Segment[]): JsonRenderer {
  if (typeof value === 'string') return jsonText(value, scope, place);
  if (Array.isArray(value)) {
    const items = value.map((item: Json, index) => compileJson(item, scope, [...place, index]));
    return (input) => items.map((item) => item(input));
  }
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return () => value;
  const members = Object.entries(value as JsonObject).map(
    ([name, item]) =>
      [compileText(name, 'json', scope, [...place, name]), compileJson(item, scope, [...place, name])] as const,
  );
  return (input) => {
    const object: Record<string, Json> = Object.create(null);
    for (const [name, item] of members) {
      const key = name(input);
      if (key !== undefined) object[key] = item(input);
    }
    return object;
  };
}

function jsonText(source: string, scope: Scope, place: readonly Segment[]): JsonRenderer {
  const template = parseTemplate(source, 'json');
  const alone = lone(template);
  const key = alone === undefined ? undefined : lackingAtFirst(alone, scope.cursor);
  if (alone !== undefined && key !== undefined) {
    scope.warn(place, `${alone.text} is null in the first request: give incremental.${key}`);
  }
  if (alone !== undefined && alone.filter === undefined) {
    const value: Resolver = resolver(alone, scope, place);
    return (input) => value(input) ?? null;
  }
  for (const part of alone === undefined ? placeholders(template) : []) {
    const missing = lackingAtFirst(part, scope.cursor);
    if (missing === undefined) continue;
    scope.error(
      place,
      `${part.text} has text around it and no value in the first request: give incremental.${missing}`,
    );
  }
  const text = compileText(source, 'json', scope, place);
  return (input) => text(input) ?? null;
}
