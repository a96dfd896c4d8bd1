import {ExactNumber, type Json} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import type {Problem} from './problem.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const reference = /\$\{([A-Z0-9_]+)\}/g;

/** The text is exactly one `${NAME}`. */
export const isEnvironmentReference = (text: string): boolean => /^\$\{[A-Z0-9_]+\}$/.test(text);

/** Every `${NAME}` in string values replaced, after parsing (config-language §1). An unset name is an error. */
export function replaceEnvironment(
  value: Json,
  env: Environment,
  problems: Problem[],
  path: readonly Segment[] = [],
): Json {
  if (typeof value === 'string') return value.includes('${') ? replaceText(value, env, problems, path) : value;
  if (Array.isArray(value))
    return value.map((item: Json, index) => replaceEnvironment(item, env, problems, [...path, index]));
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return value;
  const object: Record<string, Json> = Object.create(null);
  for (const [key, member] of Object.entries(value))
    object[key] = replaceEnvironment(member, env, problems, [...path, key]);
  return object;
}

function replaceText(text: string, env: Environment, problems: Problem[], path: readonly Segment[]): string {
  return text.replace(reference, (whole, name: string) => {
    const value = env[name];
    if (value !== undefined) return value;
    problems.push({level: 'error', path, message: `\${${name}} is not set in the environment`});
    return whole;
  });
}
