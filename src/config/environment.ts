import {ExactNumber, type Json} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import type {Secrets} from '../secrets.js';
import type {Problem} from './problem.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const reference = /\$\{([A-Z0-9_]+)\}/g;

/** Variables whose value is a secret wherever it stands; others, such as a host, are for the eye too. */
const secretName = /(?:^|_)(?:(?:API|ACCESS)?KEY|TOKEN|SECRET|PASSWORD|PASSWD|PWD|PASS|CREDENTIALS?)(?:_|$)/;

/** The text is exactly one `${NAME}`. */
export const isEnvironmentReference = (text: string): boolean => /^\$\{[A-Z0-9_]+\}$/.test(text);

/** Every `${NAME}` in string values replaced, after parsing (config-language §1). An unset name is an error. Values under names such as A_KEY become secrets. */
export function replaceEnvironment(
  value: Json,
  env: Environment,
  problems: Problem[],
  path: readonly Segment[] = [],
  secrets?: Secrets,
): Json {
  if (typeof value === 'string') return value.includes('${') ? replaceText(value, env, problems, path, secrets) : value;
  if (Array.isArray(value))
    return value.map((item: Json, index) => replaceEnvironment(item, env, problems, [...path, index], secrets));
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return value;
  const object: Record<string, Json> = Object.create(null);
  for (const [key, member] of Object.entries(value))
    object[key] = replaceEnvironment(member, env, problems, [...path, key], secrets);
  return object;
}

/**
 * Where the environment is not used: one warning for the `${NAME}` that stay as text, at the first place. Of secrets only a
 * value that is nothing else, for another may be a password that looks like it.
 */
export function unfilledWarning(document: Json, secrets: readonly Json[]): Problem[] {
  const places = new Map<string, readonly Segment[]>();
  visitTexts(document, [], (text, path) => {
    for (const [whole] of text.matchAll(reference)) if (!places.has(whole)) places.set(whole, path);
  });
  for (const one of secrets) {
    visitTexts(one, ['secrets'], (text, path) => {
      if (isEnvironmentReference(text.trim()) && !places.has(text.trim())) places.set(text.trim(), path);
    });
  }
  const [first, ...others] = [...places.keys()];
  if (first === undefined) return [];
  const name = first.slice(2, -1).toLowerCase();
  const also = others.length === 0 ? '' : ` (nor ${others.join(', ')})`;
  const message = `${first} is not filled in here${also}: with --env it comes from the environment; or put the value into secrets as ${name} and write "{secrets.${name}}"`;
  return [{level: 'warning', path: places.get(first) ?? [], message}];
}

function visitTexts(
  value: Json,
  path: readonly Segment[],
  see: (text: string, path: readonly Segment[]) => void,
): void {
  if (typeof value === 'string') see(value, path);
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) visitTexts(item, [...path, index], see);
  else if (typeof value === 'object' && value !== null && !(value instanceof ExactNumber))
    for (const [key, member] of Object.entries(value)) visitTexts(member, [...path, key], see);
}

function replaceText(
  text: string,
  env: Environment,
  problems: Problem[],
  path: readonly Segment[],
  secrets: Secrets | undefined,
): string {
  return text.replace(reference, (whole, name: string) => {
    const value = env[name];
    if (value !== undefined && secretName.test(name)) secrets?.add(value);
    if (value !== undefined) return value;
    problems.push({level: 'error', path, message: `\${${name}} is not set in the environment`});
    return whole;
  });
}
