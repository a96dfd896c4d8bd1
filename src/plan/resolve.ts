import {placeOf} from '../config/problem.js';
import {didYouMean} from '../did-you-mean.js';
import {configError} from '../errors.js';
import {type Json, parseExact} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import {boundOf} from '../stream/bounds.js';
import type {CursorPlan} from '../stream/cursor-plan.js';
import {type Format, parseFormat} from '../stream/formats.js';
import type {Slice} from '../stream/stream-plan.js';
import type {Bound} from '../stream/value.js';
import type {Resolver, Scope} from './scope.js';
import {type Placeholder, splitReference} from './template.js';

/** What a placeholder stands for, decided once; reports what is unbound or not allowed here. */
export function resolver(placeholder: Placeholder, scope: Scope, place: readonly Segment[]): Resolver {
  const {context, text} = placeholder;
  if (!scope.allowed.has(context)) {
    const contexts = [...scope.allowed].filter((name) => name !== 'bare').map((name) => `{${name}.…}`);
    scope.error(place, `${text} is not known here; there can be ${contexts.join(', ')}`);
    return nothing;
  }
  switch (context) {
    case 'vars':
      return formattedConstant(variable(placeholder, scope, place), placeholder, scope, place);
    case 'secrets':
      return formattedConstant(secret(placeholder, scope, place), placeholder, scope, place);
    case 'bare':
      return bare(placeholder, scope, place);
    case 'auth': {
      const segments = placeholder.name.split('.');
      return formatted(({auth}) => member(auth ?? null, segments), placeholder, scope, place);
    }
    case 'resources':
      return formatted(parentValue(placeholder, scope, place), placeholder, scope, place);
    case 'incremental':
    case 'window':
      return bound(placeholder, scope, place);
  }
}

const nothing: Resolver = () => undefined;
const constant =
  (value: Json | undefined): Resolver =>
  () =>
    value;

function variable(placeholder: Placeholder, scope: Scope, place: readonly Segment[]): Json | undefined {
  const value = scope.variables[placeholder.name];
  if (value === undefined) {
    const names = Object.keys(scope.variables);
    const there = names.length === 0 ? 'there are no variables' : `there are ${names.join(', ')}`;
    scope.error(
      place,
      `${placeholder.text}: no variable "${placeholder.name}"${didYouMean(placeholder.name, names)}; ${there} (client.variables)`,
    );
  }
  return value;
}

function secret(placeholder: Placeholder, scope: Scope, place: readonly Segment[]): Json | undefined {
  const value = scope.secrets[placeholder.name];
  if (value === undefined) {
    const names = Object.keys(scope.secrets);
    scope.error(
      place,
      `${placeholder.text}: no secret "${placeholder.name}"${didYouMean(placeholder.name, names)}; ${names.length === 0 ? 'secrets is empty' : `secrets has ${names.join(', ')}`}`,
    );
  }
  return value;
}

function bare(placeholder: Placeholder, scope: Scope, place: readonly Segment[]): Resolver {
  const param = scope.bare(placeholder.name);
  if (param !== undefined) return formatted(param, placeholder, scope, place);
  const value = scope.variables[placeholder.name];
  if (value !== undefined) return formattedConstant(value, placeholder, scope, place);
  const known = [...Object.keys(scope.variables)];
  scope.error(
    place,
    `${placeholder.text} is not bound${didYouMean(placeholder.name, known)}: give it as {resources.<parent>.<field>}, as params.${placeholder.name}, or as client.variables.${placeholder.name}`,
  );
  return nothing;
}

function parentValue(placeholder: Placeholder, scope: Scope, place: readonly Segment[]): Resolver {
  const [parent, path] = splitReference(placeholder.name);
  if (path === '') {
    scope.error(place, `${placeholder.text} names no field: write {resources.${parent}.<field>}`);
    return nothing;
  }
  const field = scope.parentField(parent, path, place);
  return field === undefined ? nothing : parentFieldResolver(field);
}

/** The value of a parent's field as JSON; null is no value. */
export function parentFieldResolver(field: number): Resolver {
  return ({slice}) => {
    const text = slice.parent?.values[field];
    if (text === undefined) return undefined;
    const value = parseExact(text);
    return value === null ? undefined : value;
  };
}

const startNames: ReadonlySet<string> = new Set(['start_value', 'last_value', 'start', 'initial_value']);
const endNames: ReadonlySet<string> = new Set(['end_value', 'end']);

/** The key that would give a start or end placeholder its value in the first request; undefined: it has one, or needs none. */
export function lackingAtFirst(
  {context, name}: Placeholder,
  cursor: CursorPlan | undefined,
): 'initial_value' | 'end_value' | undefined {
  if (cursor === undefined || (context !== 'incremental' && context !== 'window')) return undefined;
  if (startNames.has(name)) return cursor.initial === undefined ? 'initial_value' : undefined;
  return endNames.has(name) && cursor.end === undefined && cursor.step === undefined ? 'end_value' : undefined;
}

function bound(placeholder: Placeholder, scope: Scope, place: readonly Segment[]): Resolver {
  const cursor = scope.cursor;
  if (cursor === undefined) {
    scope.error(place, `${placeholder.text} needs endpoint.incremental`);
    return nothing;
  }
  const {name, context} = placeholder;
  if (context === 'window' && name !== 'start' && name !== 'end') {
    scope.error(place, `${placeholder.text}: there are {window.start} and {window.end}`);
    return nothing;
  }
  const own = filterOf(placeholder, scope, place);
  if (own !== undefined) scope.sent.push(own);
  const format = own ?? cursor.convert;
  if (context === 'incremental' && name === 'initial_value') {
    return constant(cursor.initial === undefined ? undefined : spelled(boundOf(cursor.initial, cursor), format));
  }
  if (startNames.has(name)) return boundResolver(cursor, 'since', format);
  if (endNames.has(name)) return boundResolver(cursor, 'until', format);
  if (context === 'incremental') {
    if (name === 'lag') return constant(cursor.lagWritten);
    if (name === 'cursor_path') return constant(cursor.path.text);
  }
  scope.error(
    place,
    `${placeholder.text} is not known; there are start_value, last_value, initial_value, end_value, lag and cursor_path`,
  );
  return nothing;
}

/** The slice's start or end, spelled as `convert` or the start value says. */
export function boundResolver(
  cursor: CursorPlan,
  end: 'since' | 'until',
  format: Format | undefined = cursor.convert,
): Resolver {
  return ({slice}) => {
    const value: Slice['since'] = slice[end];
    return value === undefined ? undefined : spelled(value, format);
  };
}

const spelled = (value: Bound, format: Format | undefined): Json =>
  format === undefined ? value.json : format.print(value);

function formatted(value: Resolver, placeholder: Placeholder, scope: Scope, place: readonly Segment[]): Resolver {
  const format = filterOf(placeholder, scope, place);
  if (format === undefined) return value;
  return (input) => {
    const plain = value(input);
    return plain === undefined ? undefined : format.print(boundOf(plain, scope.cursor));
  };
}

/** As `formatted`, said before the first request where the value cannot be spelled like that. */
function formattedConstant(
  value: Json | undefined,
  placeholder: Placeholder,
  scope: Scope,
  place: readonly Segment[],
): Resolver {
  const format = value === undefined ? undefined : filterOf(placeholder, scope, place);
  if (value === undefined || format === undefined) return constant(value);
  return constant(scope.attempt(place, () => format.print(boundOf(value, scope.cursor))));
}

function filterOf(placeholder: Placeholder, scope: Scope, place: readonly Segment[]): Format | undefined {
  const {filter} = placeholder;
  if (filter === undefined || filter === 'raw') return undefined;
  return scope.attempt(place, () => parseFormat(filter, placeOf(place)));
}

function member(value: Json, segments: readonly string[]): Json | undefined {
  let at: Json | undefined = value;
  for (const segment of segments) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, segment)) {
      throw configError(`{auth.${segments.join('.')}}: the token response has no "${segment}"`);
    }
    at = (at as Readonly<Record<string, Json>>)[segment];
  }
  return at ?? undefined;
}
