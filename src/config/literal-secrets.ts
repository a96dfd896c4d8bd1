import type {Segment} from '../json/path.js';
import {isCode} from './code.js';
import type {Entrance} from './doors.js';
import {type Problem, placeOf} from './problem.js';
import {credentials} from './secret-values.js';

/**
 * One warning for credentials written in clear: the platform stores the document as it is (contract,
 * *spec.json and the web form*). The form's fields for credentials are stored as secrets.
 */
export function literalWarning(entrance: Entrance): Problem[] {
  const isKept = (path: readonly Segment[]) => entrance.door === 'form' && path[0] === 'client' && path[1] === 'auth';
  const literal = credentials(entrance.document).filter(
    ({path, value}) =>
      !isKept(path) &&
      value !== '' &&
      !isCode(value) &&
      !/\{(?:secrets|vars|auth|resources|incremental|window)\.[^{}]+\}|\$\{[A-Z0-9_]+\}|\{\{/.test(value),
  );
  const [first, ...others] = literal;
  if (first === undefined) return [];
  const name = String(first.name ?? first.path.findLast((segment) => typeof segment === 'string'))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_');
  const places = new Set(others.map(({path}) => placeOf(path)));
  places.delete(placeOf(first.path));
  const also = places.size === 0 ? '' : ` (also ${[...places].join(', ')})`;
  return [
    {
      level: 'warning',
      path: first.path,
      message: `a secret in clear${also}: put it into secrets as ${name} and write "{secrets.${name}}" here`,
    },
  ];
}
