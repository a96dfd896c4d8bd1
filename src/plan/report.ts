import {problemsOfThrown} from '../config/issues.js';
import {type Problem, placeOf} from '../config/problem.js';
import {ConnectorError} from '../errors.js';
import {PathSyntaxError, type Segment} from '../json/path.js';

/** Collects what is wrong while compiling, so that all of it is shown at once. */
export class Report {
  readonly problems: Problem[] = [];

  error(path: readonly Segment[], message: string): void {
    this.#add({level: 'error', path, message});
  }

  warn(path: readonly Segment[], message: string): void {
    this.#add({level: 'warning', path, message});
  }

  /** Something at `path` or below it is wrong. */
  refuses(path: readonly Segment[]): boolean {
    return this.problems.some(
      (problem) => problem.level === 'error' && path.every((segment, at) => problem.path[at] === segment),
    );
  }

  /** `work`'s result; what a user can cause (a bad path, format, expression) is reported at `path` instead. */
  attempt<T>(path: readonly Segment[], work: () => T): T | undefined {
    try {
      return work();
    } catch (thrown) {
      const problems = problemsOfThrown(thrown, path);
      if (problems !== undefined) {
        for (const problem of problems) this.#add(problem);
        return undefined;
      }
      if (!(thrown instanceof ConnectorError || thrown instanceof PathSyntaxError)) throw thrown;
      this.error(...located(path, thrown.message));
      return undefined;
    }
  }

  #add(problem: Problem): void {
    const same = (other: Problem) => other.message === problem.message && placeOf(other.path) === placeOf(problem.path);
    if (!this.problems.some(same)) this.problems.push(problem);
  }
}

/** The factories name the place themselves, or one below it: it stands in front of every problem anyway. */
function located(path: readonly Segment[], text: string): [path: readonly Segment[], message: string] {
  const place = placeOf(path);
  if (!text.startsWith(place)) return [path, text];
  const [, below = '', message = ''] =
    /^((?:\.[A-Za-z_][\w-]*|\[\d+\])*)[:\s]*(.*)$/s.exec(text.slice(place.length)) ?? [];
  const segments = [...below.matchAll(/\.([\w-]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));
  return [[...path, ...segments], message];
}
