import type {Place} from '../../config/place.js';
import {type Problem, placeOf} from '../../config/problem.js';
import {counted} from '../../counted.js';

/** A problem with its place in the file. */
export interface Located {
  readonly level: Problem['level'];
  readonly place: Place | undefined;
  /** `resources[2].endpoint.path`; empty: the whole. */
  readonly path: string;
  readonly message: string;
  readonly fixable: boolean;
}

interface Locator {
  locate(path: Problem['path']): Place | undefined;
}

/** In the order of the text. */
export function located(problems: readonly Problem[], document: Locator): readonly Located[] {
  return problems
    .map(({level, path, message, fixable, position}) => ({
      level,
      place: position ?? (path.length === 0 ? undefined : document.locate(path)),
      path: path.length === 0 ? '' : placeOf(path),
      message,
      fixable: fixable === true,
    }))
    .sort((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0));
}

export interface Checked {
  readonly file: string;
  readonly problems: readonly Located[];
  readonly resources: number;
}

const marks = {error: '✘', warning: '!', info: 'i'} as const;
const widestPath = 60;

/** A line each: mark, line:column, path, what is wrong; then the counts. */
export function problemText({problems, resources}: Checked): string {
  const places = problems.map(({place}) => (place === undefined ? '' : `${place.line}:${place.column}`));
  const placeWidth = Math.max(...places.map(({length}) => length), 0);
  const pathWidth = Math.min(widestPath, Math.max(...problems.map(({path}) => path.length), 0));
  const lines = problems.map(({level, path, message, fixable}, k) => {
    const fix = fixable ? ' (--fix writes it)' : '';
    return ` ${marks[level]} ${(places[k] ?? '').padEnd(placeWidth)}   ${path.padEnd(pathWidth)}  ${message}${fix}`;
  });
  return [...lines, counts(problems, resources)].join('\n');
}

function counts(problems: readonly Located[], resources: number): string {
  const of = (level: Problem['level']) => problems.filter((problem) => problem.level === level).length;
  const fixable = problems.filter((problem) => problem.fixable).length;
  const fix = fixable === 0 ? '' : ` (${fixable} fixable)`;
  return `${counted(of('error'), 'error')}, ${counted(of('warning'), 'warning')}${fix}, ${counted(resources, 'resource')}`;
}

export function problemJson({file, problems, resources}: Checked): string {
  const of = (level: Problem['level']) => problems.filter((problem) => problem.level === level).length;
  return JSON.stringify({
    file,
    errors: of('error'),
    warnings: of('warning'),
    fixable: problems.filter((problem) => problem.fixable).length,
    resources,
    problems: problems.map(({level, place, path, message, fixable}) => ({
      level,
      line: place?.line ?? null,
      column: place?.column ?? null,
      path,
      message,
      fixable,
    })),
  });
}

const commands = {error: 'error', warning: 'warning', info: 'notice'} as const;

/** Workflow commands, which GitHub shows at the line in a pull request. */
export function problemCommands({file, problems}: Checked): string {
  const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return problems
    .map(({level, place, path, message}) => {
      const at = place === undefined ? '' : `,line=${place.line},col=${place.column}`;
      const title = path === '' ? '' : `,title=${property(path)}`;
      return `::${commands[level]} file=${property(file)}${at}${title}::${data(message)}`;
    })
    .join('\n');
}

const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
