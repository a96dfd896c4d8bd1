import {readConfig} from '../../src/config/load.js';
import {formatProblems} from '../../src/config/problem.js';
import {Secrets} from '../../src/secrets.js';

export const api = 'client: {base_url: "https://api.example.com"}\n';

/** A configuration text as loaded, with its problems as lines by level. */
export function read(text: string, env?: Readonly<Record<string, string>>) {
  const secrets = new Secrets();
  const result = readConfig({text}, {secrets, env});
  const of = (level: string) =>
    formatProblems(
      result.problems.filter((problem) => problem.level === level),
      result.document,
    );
  return {...result, secrets, errors: of('error'), warnings: of('warning'), infos: of('info')};
}
