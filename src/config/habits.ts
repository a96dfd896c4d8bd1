import {ExactNumber, type Json, type JsonObject} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import {isCode} from './code.js';
import type {Problem} from './problem.js';
import {isJsonObject} from './schema/values.js';

/** What looks like a placeholder of another tool, by how it is written; `$1` is its name. */
const foreign: readonly RegExp[] = [
  /\{\{\s*([\w.-]+)\s*\}\}/,
  /\$\{\s*([a-z][\w.]*)\s*\}/,
  /\{\s*(?:env|environment|secret|var|variable|variables|config)\s*[.[:]\s*['"]?([\w-]+)['"]?\s*\]?\s*\}/,
  /\{\s*(?:secrets|vars)\s*[[:]\s*['"]?([\w-]+)['"]?\s*\]?\s*\}/,
  /(?:^|\s)\$([A-Za-z_]\w*)$/,
  /(?:^|\s)%([A-Za-z_]\w+)%$/,
];

/** A segment of a path that a router or an API's documentation replaces. */
const segment = /(?:^|\/)([:$][A-Za-z_][\w.]*|<[A-Za-z_][\w:]*>)(?=\/|\?|$)/;

/**
 * Warnings for what is a plain text here, though its writer meant something else by it: placeholders as other tools write them in
 * what is sent, and Python's None. Names are quoted, never values.
 */
export function habits(document: JsonObject): Problem[] {
  const problems: Problem[] = [];
  const warn = (path: readonly Segment[], message: string) => problems.push({level: 'warning', path, message});
  const {client, resource_defaults: defaults, resources} = document;
  visit(client, ['client'], warn);
  visit(defaults, ['resource_defaults'], warn);
  for (const [index, resource] of (Array.isArray(resources) ? resources : []).entries()) {
    const path = ['resources', index];
    const {name: _, records: __, ...rest} = isJsonObject(resource) ? resource : {};
    visit(rest, path, warn);
    if (typeof resource === 'string') ofPath(resource, path, warn);
  }
  return problems;
}

type Warn = (path: readonly Segment[], message: string) => void;

function visit(value: Json | undefined, path: readonly Segment[], warn: Warn): void {
  if (typeof value === 'string') ofText(value, path, warn);
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, [...path, index], warn);
  else if (isJsonObject(value) && !(value instanceof ExactNumber)) {
    for (const [key, member] of Object.entries(value)) if (!free.has(key)) visit(member, [...path, key], warn);
  }
}

/** Bodies, expressions and declarations may hold any text. */
const free = new Set(['json', 'data', 'columns', 'schema', 'processing_steps', 'response_actions', 'stop_when']);

function ofText(text: string, path: readonly Segment[], warn: Warn): void {
  if (text === 'None') {
    // Of a bound it is an error (plan/incremental.ts).
    if (/^(initial|end)_value$/.test(String(path.at(-1)))) return;
    warn(path, 'is the text "None": what Python calls None is null here');
    return;
  }
  const names = path.filter((part) => typeof part === 'string');
  if (names.at(-1) === 'path' || names.at(-1) === 'endpoint') ofPath(text, path, warn);
  else if (names.some((name) => name === 'headers' || name === 'params' || name === 'auth')) ofSent(text, path, warn);
}

function ofSent(text: string, path: readonly Segment[], warn: Warn): void {
  for (const pattern of foreign) {
    const name = pattern.exec(text)?.[1];
    if (name === undefined) continue;
    warn(path, `${name} is sent as it is written here: a secret is {secrets.${name}}, a variable {vars.${name}}`);
    return;
  }
}

function ofPath(text: string, path: readonly Segment[], warn: Warn): void {
  const shown = segment.exec(text)?.[1];
  if (shown === undefined || isCode(text)) return;
  const name = shown.replaceAll(/[^\w.]/g, '');
  const value = name.startsWith('resources.') ? `{${name}}` : `{resources.<parent>.<field>} or {vars.${name}}`;
  warn(path, `${shown} is sent as it is written here: a value is ${value}`);
}
