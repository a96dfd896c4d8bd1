import {readdir, readFile, stat} from 'node:fs/promises';
import {parseEnv} from 'node:util';
import {openText} from '../config/open-document.js';
import {isJsonObject} from '../config/schema/values.js';
import {configError} from '../errors.js';

/** The configuration of a command for people, and what its environment file adds. */
export interface ConfigFile {
  readonly file: string;
  /** The variables of `<config>.env`, under those of the environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The environment file and the names that it gives, where there is one. */
  readonly envFile?: {readonly file: string; readonly names: ReadonlySet<string>};
  /** The environment file, if there is one that others can read. */
  readonly exposed: string | undefined;
}

/**
 * The file of `--config`, or the only one here that holds `resources`. Throws a config_error that lists the candidates.
 */
export async function openConfigFile(
  given: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ConfigFile> {
  const file = given ?? (await onlyConfiguration());
  const envFile = `${file.replace(/\.(ya?ml|json)$/i, '')}.env`;
  let text: string;
  let mode: number;
  try {
    text = await readFile(envFile, 'utf8');
    mode = (await stat(envFile)).mode;
  } catch {
    return {file, environment, exposed: undefined};
  }
  const added = parseEnv(text);
  return {
    file,
    environment: {...added, ...environment},
    envFile: {file: envFile, names: new Set(Object.keys(added))},
    exposed: (mode & 0o077) === 0 ? undefined : envFile,
  };
}

async function onlyConfiguration(): Promise<string> {
  const names = (await readdir('.')).filter((name) => /\.(ya?ml|json)$/i.test(name)).sort();
  const found: string[] = [];
  for (const name of names) {
    const text = await readFile(name, 'utf8').catch(() => '');
    if (!text.includes('resources')) continue;
    const {value} = openText(text);
    if (value !== undefined && isJsonObject(value) && 'resources' in value) found.push(name);
  }
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw configError(
    found.length === 0
      ? 'no configuration here: name one with --config acme.yaml'
      : `several configurations here (${found.join(', ')}): name one with --config`,
  );
}
