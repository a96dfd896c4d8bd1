import {type ConnectorError, configError} from '../errors.js';
import type {Segment} from '../json/path.js';
import type {Place} from './place.js';

/** Something wrong or doubtful in the configuration. */
export interface Problem {
  readonly level: 'error' | 'warning' | 'info';
  /** Where: ['resources', 2, 'endpoint', 'path']. */
  readonly path: readonly Segment[];
  /** What is wrong and what to write instead; one line, no secret. */
  readonly message: string;
  /** `validate --fix` can write the canonical spelling. */
  readonly fixable?: boolean;
  /** Where in the text, where the path alone does not say it: syntax errors, the text within a configuration. */
  readonly position?: Place;
}

/** resources[2].endpoint.path, client.headers["X-Api-Version"] */
export function placeOf(path: readonly Segment[]): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else if (!/^[A-Za-z_][\w-]*$/.test(segment)) text += `[${JSON.stringify(segment)}]`;
    else text += text === '' ? segment : `.${segment}`;
  }
  return text === '' ? '(root)' : text;
}

/** Knows where a part of the configuration stands in its text: a Document. */
interface Locator {
  locate(path: readonly Segment[]): Place | undefined;
}

/** One line a problem, in the order of the text: `14:7 resources[2].endpoint.data_selecter unknown key; did you mean …`. */
export function formatProblems(problems: readonly Problem[], document: Locator): string[] {
  const located = problems.map((problem) => ({
    problem,
    place: problem.position ?? (problem.path.length === 0 ? undefined : document.locate(problem.path)),
  }));
  located.sort(
    (a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0),
  );
  return located.map(({problem, place}) => {
    const position = place === undefined ? '' : `${place.line}:${place.column} `;
    const path = problem.path.length === 0 ? '' : `${placeOf(problem.path)} `;
    return `${position}${path}${problem.message}`;
  });
}

/** All errors as one config_error, a line each; undefined where there are only warnings and notices. */
export function toConnectorError(problems: readonly Problem[], document: Locator): ConnectorError | undefined {
  const errors = problems.filter((problem) => problem.level === 'error');
  if (errors.length === 0) return undefined;
  const lines = formatProblems(errors, document);
  const head = lines.length === 1 ? 'invalid configuration: ' : `invalid configuration, ${lines.length} errors:\n`;
  return configError(`${head}${lines.join('\n')}`);
}
