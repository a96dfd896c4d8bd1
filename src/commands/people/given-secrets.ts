import type {Problem} from '../../config/problem.js';
import {isJsonObject} from '../../config/schema/values.js';
import type {Json} from '../../json/exact.js';
import type {Segment} from '../../json/path.js';
import type {Opened} from './open-config.js';

/** For every {secrets.NAME} and ${NAME} of the configuration, at its first place, where its value comes from. Never the value. */
export function givenSecrets(opened: Opened): readonly Problem[] {
  const {value} = opened.read.document;
  const seen = new Set<string>();
  const notices: Problem[] = [];
  if (!isJsonObject(value)) return notices;
  visit(value, [], (text, path) => {
    for (const [placeholder, secret, variable] of text.matchAll(
      /\{secrets\.([^{}|]+)(?:\|[^{}]*)?\}|\$\{([A-Z0-9_]+)\}/g,
    )) {
      const name = secret ?? variable ?? '';
      const origin =
        path[0] === 'secrets' && secret !== undefined ? undefined : originOf(name, secret !== undefined, opened);
      if (origin === undefined || seen.has(placeholder)) continue;
      seen.add(placeholder);
      notices.push({level: 'info', path, message: `${placeholder}: given in ${origin}`});
    }
  });
  return notices;
}

/** undefined: nowhere, which is an error of its own. */
export function originOf(
  name: string,
  secret: boolean,
  {environment, envFile, file, read}: Opened,
): string | undefined {
  const found = [name, name.toUpperCase()].find((one) => environment[one] !== undefined);
  const fromEnvironment =
    found === undefined ? undefined : envFile?.names.has(found) === true ? envFile.file : 'the environment';
  if (!secret) return fromEnvironment;
  if (read.secretValues[name] === undefined) return undefined;
  const {value} = read.received;
  const written = isJsonObject(value) ? value['secrets'] : undefined;
  const here = isJsonObject(written)
    ? written[name] !== undefined
    : typeof written === 'string' && written.includes(name);
  return here ? `secrets of ${file}` : fromEnvironment;
}

function visit(value: Json, path: readonly Segment[], see: (text: string, path: readonly Segment[]) => void): void {
  if (typeof value === 'string') see(value, path);
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, [...path, index], see);
  else if (isJsonObject(value)) for (const [key, item] of Object.entries(value)) visit(item, [...path, key], see);
}
