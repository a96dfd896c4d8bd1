import {isCode} from './code.js';
import type {Entrance} from './doors.js';
import {type Problem, placeOf} from './problem.js';
import {credentials} from './secret-values.js';

/**
 * One warning for credentials written in clear within `client`: the platform stores that part as it is (contract,
 * *spec.json and the web form*). The form's own fields are stored as secrets.
 */
export function literalWarning(entrance: Entrance): Problem[] {
  if (entrance.door === 'form') return [];
  const literal = credentials(entrance.document).filter(
    ({path, value}) =>
      path[0] === 'client' &&
      value !== '' &&
      !isCode(value) &&
      !/\{(?:secrets|vars|auth)\.[^{}]+\}|\$\{[A-Z0-9_]+\}/.test(value),
  );
  const [first, ...others] = literal;
  if (first === undefined) return [];
  const name = String(first.path.findLast((segment) => typeof segment === 'string'))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_');
  const also = others.length === 0 ? '' : ` (also ${others.map(({path}) => placeOf(path)).join(', ')})`;
  return [
    {
      level: 'warning',
      path: first.path,
      message: `a secret in clear${also}: put it into secrets as ${name} and write "{secrets.${name}}" here`,
    },
  ];
}
