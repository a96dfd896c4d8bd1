import {readFile} from 'node:fs/promises';
import type {Config} from '../../config/config.js';
import {type ConfigResult, readConfig} from '../../config/load.js';
import {openText} from '../../config/open-document.js';
import {formatProblems, type Problem} from '../../config/problem.js';
import {writeBack} from '../../config/write-back.js';
import {type ConnectorError, configError} from '../../errors.js';
import type {Attempt} from '../../http/answer.js';
import type {Log} from '../../log.js';
import {type Compiled, compile} from '../../plan/compile.js';
import type {Host} from '../command.js';
import {type ConfigFile, openConfigFile} from '../config-file.js';
import {namesProxy, proxyHosts} from '../proxies.js';
import {replaceFile} from '../replace-file.js';
import {withWhere} from './missing-secrets.js';

/** The configuration of a command for people, with everything that is wrong with it. */
export interface Opened extends ConfigFile {
  readonly text: string;
  readonly read: ConfigResult;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'is a folder; name the file in it',
  EACCES: 'may not be read by this user',
};

/** Reads the file of `--config`, or the only one here. Throws a config_error where there is none. */
export async function openConfig(given: string | undefined, host: Host): Promise<Opened> {
  const found = await openConfigFile(given, host.environment);
  const text = await readFile(found.file, 'utf8').catch((thrown: unknown) => {
    const why = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'it cannot be read';
    throw configError(`--config ${found.file}: ${reasons[why] ?? why}`);
  });
  return {...found, text, read: readText(text, found, host)};
}

/** The same for a text that is not, or not yet, in the file. */
export function readText(text: string, found: ConfigFile, {secrets}: Host): ConfigResult {
  const read = readConfig({text}, {secrets, env: found.environment});
  return {...read, problems: read.problems.map((problem) => withWhere(problem, found))};
}

export interface Watching {
  readonly log: Log;
  readonly observe?: (attempt: Attempt) => void;
}

/** Plans for a configuration without errors. Nothing is requested. A renewed token is stored in the file at once. */
export function compileOpened(opened: Opened, config: Config, host: Host, {log, observe}: Watching): Compiled {
  const {clock, environment, memoryLimit, secrets, signal, unfinished} = host;
  let current = opened.read.received;
  const compiled = compile(config, {
    clock,
    log,
    secrets,
    secretValues: opened.read.secretValues,
    signal,
    cloud: environment['DEPLOYMENT_MODE']?.toLowerCase() === 'cloud',
    direct: !namesProxy(environment),
    proxies: proxyHosts(environment),
    ...(observe === undefined ? {} : {observe}),
    ...(memoryLimit === undefined ? {} : {memoryLimit}),
    keep: (work) => unfinished.keep(work),
    rotated: async (path, value) => {
      const stored = writeBack(current, path, value);
      if (!stored.stored) log.warn(`a renewed token is kept for this run only: ${stored.reason}`);
      else if (stored.text !== undefined) {
        current = openText(stored.text);
        await replaceFile(opened.file, stored.text);
      }
    },
  });
  return {...compiled, problems: compiled.problems.map((problem) => withWhere(opened.read.placed(problem), opened))};
}

/** Throws everything that is wrong with the configuration as one config_error. */
export function usable(opened: Opened): Config {
  const {config, problems} = opened.read;
  if (config === undefined) throw invalid(opened, problems);
  return config;
}

export function invalid({file, read, warnings}: Opened, problems: readonly Problem[]): ConnectorError {
  const errors = problems.filter(({level}) => level === 'error');
  const lines = formatProblems(errors, read.document).map((line) => ` ✘ ${line}`);
  for (const warning of warnings) lines.push(` ! ${warning}`);
  return configError(`${file} is invalid:\n${lines.join('\n')}\nnext: source-rest-api validate ${file}`);
}
