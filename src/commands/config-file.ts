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
  /** What is doubtful about the environment file, a sentence each. */
  readonly warnings: readonly string[];
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
    return {file, environment, warnings: []};
  }
  const added = parseEnv(text);
  return {
    file,
    environment: {...added, ...environment},
    envFile: {file: envFile, names: new Set(Object.keys(added))},
    warnings: [
      ...((mode & 0o077) === 0 ? [] : [`${envFile} can be read by others: chmod 600 ${envFile}`]),
      ...notAssigned(text, added).map(
        (name) => `${envFile}: ${name} is written with a colon and not read: write ${name}=value`,
      ),
    ],
  };
}

/** Names of lines in YAML's spelling, which an environment file does not know. */
function notAssigned(text: string, added: Readonly<Record<string, string | undefined>>): readonly string[] {
  const names = [...text.matchAll(/^[ \t]*([A-Za-z_]\w*)[ \t]*:[ \t]+\S.*$/gm)].map(([, name = '']) => name);
  // Such a line within a quoted value of several lines belongs to it.
  return names.filter((name) => !Object.values(added).some((value) => value?.includes(`${name}:`)));
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
