import type {Json, JsonObject} from '../json/exact.js';
import type {Secrets} from '../secrets.js';
import {secretKeys} from './auth-blocks.js';
import {canonical} from './canonical.js';
import {findCode} from './code.js';
import type {Config} from './config.js';
import {dialects} from './dialects/table.js';
import type {Document} from './document.js';
import {type Entrance, enter, relocate} from './doors.js';
import {type Environment, replaceEnvironment, unfilledWarning} from './environment.js';
import {inFormWords} from './form-document.js';
import {habits} from './habits.js';
import {literalWarning} from './literal-secrets.js';
import {openText, openValue} from './open-document.js';
import type {Problem} from './problem.js';
import {isJsonObject} from './schema/values.js';
import {registerSecrets} from './secret-values.js';
import {readSecrets} from './secrets-door.js';

export interface ConfigResult {
  /** Absent where there are errors. */
  readonly config?: Config;
  /** Errors, warnings and notices, all at once. Messages and paths hold no secret. */
  readonly problems: readonly Problem[];
  /** Where the problems' paths stand: of the text door the text within. */
  readonly document: Document;
  /** The configuration as received, for `writeBack`. */
  readonly received: Document;
  /** Values of {secrets.NAME}. */
  readonly secretValues: Readonly<Record<string, string>>;
  /** A problem that `compile` found in the document, without secrets, where its user wrote it: the form's field, the inner text's line. */
  readonly placed: (problem: Problem) => Problem;
  /** The same for the places that a message of the run names: for the form its fields, else as it is. */
  readonly worded: (text: string) => string;
}

interface ConfigSource {
  /** JSON or YAML. */
  readonly text?: string | undefined;
  /** Parsed elsewhere; read when there is no text. */
  readonly value?: unknown;
}

interface Using {
  /** Given: `${NAME}` is replaced, and secrets that the configuration lacks are looked up by name. */
  readonly env?: Environment | undefined;
  /** Learns every secret of the configuration. */
  readonly secrets: Secrets;
}

/**
 * A configuration in any of its forms as the canonical one: doors, environment, dialects, validation, defaults, shorthands
 * (config-language §1, §4, §12, §14). Never throws: everything wrong is a located problem.
 */
export function readConfig(source: ConfigSource, using: Using): ConfigResult {
  const problems: Problem[] = [];
  const received = source.text === undefined ? openValue(source.value) : openText(source.text);
  problems.push(...received.problems);
  const entrance = received.problems.length > 0 ? undefined : enter(received, problems);
  if (entrance === undefined)
    return {
      problems,
      document: received,
      received,
      secretValues: {},
      placed: (problem) => problem,
      worded: (text) => text,
    };

  const secretValues = secretsOf(entrance, using, problems);
  const found: Problem[] = [];
  const raw =
    using.env === undefined
      ? entrance.document
      : withShard(object(replaceEnvironment(entrance.document, using.env, found, [], using.secrets)), using.env, found);
  lookUp(raw, secretValues, using.env);
  registerSecrets(raw, secretValues, using.secrets);
  const document = translate(raw, found);
  found.push(
    ...habits(document),
    ...literalWarning({
      ...entrance,
      document: entrance.document === raw ? document : translate(entrance.document, []),
    }),
    ...(using.env === undefined ? unfilledWarning(entrance.document, entrance.secrets) : []),
  );
  registerSecrets(document, secretValues, using.secrets);
  const code: Problem[] = [];
  findCode(document, (problem) => code.push(problem));
  const before = found.length;
  const config = canonical(document, {secretValues, form: entrance.door === 'form'}, found);
  const shape = found
    .splice(before)
    .filter((problem) => !code.some(({path}) => path.every((segment, at) => problem.path[at] === segment)));
  // A name that is quoted in a message may hold line breaks; a problem is one line.
  const clean = (problem: Problem) => ({
    ...problem,
    message: using.secrets.redact(problem.message).replaceAll(/[\r\n]+/g, ' '),
  });
  // Not push(...): a generated document can have more problems than a call takes arguments.
  const told = [...problems, ...[...found, ...code, ...shape].map((problem) => relocate(problem, entrance))].map(clean);
  const failed = told.some((problem) => problem.level === 'error');
  return {
    ...(failed || config === undefined ? {} : {config}),
    problems: told,
    document: entrance.located,
    received,
    secretValues,
    placed: (problem) => clean(relocate(problem, entrance)),
    worded: entrance.door === 'form' ? inFormWords : (text) => text,
  };
}

/** Beside the text door's text, secrets may stand within it; those beside it win. */
function secretsOf(entrance: Entrance, using: Using, problems: Problem[]): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  for (const raw of entrance.secrets) {
    if (typeof raw === 'string') using.secrets.add(raw);
    for (const [name, value] of Object.entries(readSecrets(raw, using.env, problems).values)) values[name] ??= value;
  }
  return values;
}

/** The part of a Kubernetes Indexed Job, where the document names none (architecture, *Beyond one machine*). */
function withShard(document: JsonObject, env: Environment, problems: Problem[]): JsonObject {
  const {JOB_COMPLETION_INDEX: index, SHARD_COUNT: of} = env;
  if (document['shard'] !== undefined || index === undefined || of === undefined) return document;
  if (/^\d+$/.test(index) && /^\d+$/.test(of)) return {...document, shard: {index: Number(index), of: Number(of)}};
  const message = `JOB_COMPLETION_INDEX and SHARD_COUNT must be numbers, and are "${index}" and "${of}"`;
  problems.push({level: 'error', path: ['shard'], message});
  return document;
}

/** {secrets.NAME} that the configuration does not hold, from the environment of the commands for people. */
function lookUp(document: JsonObject, values: Record<string, string>, env: Environment | undefined): void {
  if (env === undefined) return;
  const names = new Set<string>(secretKeys);
  visitTexts(document, (text) => {
    for (const match of text.matchAll(/\{secrets\.([^{}|]+)/g)) if (match[1] !== undefined) names.add(match[1]);
  });
  for (const name of names) {
    const value = env[name] ?? env[name.toUpperCase()];
    if (value !== undefined) values[name] ??= value;
  }
}

function visitTexts(value: Json, visit: (text: string) => void): void {
  if (typeof value === 'string') visit(value);
  else if (typeof value === 'object' && value !== null)
    for (const member of Object.values(value)) visitTexts(member, visit);
}

function translate(document: JsonObject, problems: Problem[]): JsonObject {
  let result = document;
  for (const dialect of dialects) {
    const translation = dialect.translate(result);
    for (const problem of translation.problems) problems.push(problem);
    result = translation.document;
  }
  return result;
}

const object = (value: Json): JsonObject => (isJsonObject(value) ? value : {});
