import type {Problem} from '../../config/problem.js';
import type {ConfigFile} from '../config-file.js';

/** A problem for want of a secret, with where these commands look for one beside `secrets`. */
export function withWhere(problem: Problem, {file, envFile}: ConfigFile): Problem {
  const [, unknown, missing] =
    /: no secret "([A-Za-z_]\w*)"|is missing: put (\w+) into secrets/.exec(problem.message) ?? [];
  const name = unknown ?? missing;
  if (name === undefined) return problem;
  const beside = envFile?.file ?? `${file.replace(/\.(ya?ml|json)$/i, '')}.env`;
  return {...problem, message: `${problem.message}; or give ${name.toUpperCase()} in the environment or in ${beside}`};
}
