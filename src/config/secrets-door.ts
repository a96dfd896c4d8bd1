import {ExactNumber, type Json, type JsonObject} from '../json/exact.js';
import type {Document} from './document.js';
import {type Environment, isEnvironmentReference, replaceEnvironment} from './environment.js';
import {openPasted} from './pasted-text.js';
import type {Problem} from './problem.js';
import {isJsonObject} from './schema/values.js';

/** The secrets by name, and the text that they came from, if it was one. */
export interface SecretsDoor {
  readonly values: Readonly<Record<string, string>>;
  readonly document: Document | undefined;
}

const example = `a YAML or JSON object of names to values, such as {"token": "…"}`;

/**
 * Reads `secrets`: a multiline text that holds a JSON or YAML object, or a plain object. In a text, values are what was
 * written (007 stays 007). Messages name the secret, never its value.
 */
export function readSecrets(raw: Json | undefined, env: Environment | undefined, problems: Problem[]): SecretsDoor {
  if (raw === undefined || raw === null) return none;
  const wrong = (message: string) => {
    problems.push({level: 'error', path: ['secrets'], message});
    return none;
  };
  if (isJsonObject(raw)) return {values: valuesOf(raw, env, problems), document: undefined};
  if (typeof raw !== 'string') return wrong(`must be ${example}`);
  const text = env !== undefined && isEnvironmentReference(raw.trim()) ? (env[raw.trim().slice(2, -1)] ?? raw) : raw;
  if (text.trim() === '') return none;
  const document = openPasted(text, 'source');
  const [first] = document.problems;
  if (first !== undefined) {
    const line = first.position === undefined ? '' : ` (line ${first.position.line} of the text)`;
    return wrong(`must be ${example}: ${first.message}${line}`);
  }
  if (document.value === null) return none;
  if (!isJsonObject(document.value)) return wrong(`must be ${example}; it is one value without a name`);
  return {values: valuesOf(document.value, env, problems), document};
}

const none: SecretsDoor = {values: {}, document: undefined};

function valuesOf(object: JsonObject, env: Environment | undefined, problems: Problem[]): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  for (const [name, raw] of Object.entries(object)) {
    const path = ['secrets', name];
    const value = env === undefined ? raw : replaceEnvironment(raw, env, problems, path);
    if (value === null) continue;
    if (typeof value === 'string') values[name] = value;
    else if (typeof value === 'number' || typeof value === 'boolean') values[name] = String(value);
    else if (value instanceof ExactNumber) values[name] = value.text;
    else problems.push({level: 'error', path, message: 'must be a text: one value for one name'});
  }
  return values;
}
