import type {Segment} from '../../json/path.js';
import type {Expression} from './jinja-expression.js';

/** What a root name of the expression is called in CEL: ['response'], ['response', 'has_more']; undefined: it has none. */
export type Roots = (root: string) => readonly string[] | undefined;

/** The condition in CEL, with Jinja's truth: missing, null, empty, 0 and false are false. undefined: it cannot be said. */
export function conditionInCel(expression: Expression, roots: Roots): string | undefined {
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const left = conditionInCel(expression.left, roots);
      const right = conditionInCel(expression.right, roots);
      if (left === undefined || right === undefined) return undefined;
      return `(${left}) ${expression.kind === 'and' ? '&&' : '||'} (${right})`;
    }
    case 'not':
      return negated(expression.of, roots);
    case 'compare': {
      const left = valueInCel(expression.left, roots);
      const right = valueInCel(expression.right, roots);
      return left === undefined || right === undefined ? undefined : `${left} ${expression.operator} ${right}`;
    }
    case 'in': {
      const name = expression.left.kind === 'literal' ? expression.left.value : undefined;
      if (typeof name !== 'string' || expression.right.kind !== 'path') return undefined;
      return present({...expression.right, segments: [...expression.right.segments, name]}, roots);
    }
    case 'is': {
      if (expression.test === 'true' || expression.test === 'false') {
        const value = valueInCel(expression.of, roots);
        return value === undefined ? undefined : `${value} == ${expression.test}`;
      }
      if (expression.of.kind !== 'path') return undefined;
      const there = present(expression.of, roots);
      const value = valueInCel(expression.of, roots);
      if (there === undefined || value === undefined) return undefined;
      return expression.test === 'defined' ? there : `!(${there}) || ${value} == null`;
    }
    case 'path':
      return truth(expression, roots);
    case 'length': {
      const size = valueInCel(expression, roots);
      return size === undefined ? undefined : `${size} > 0`;
    }
    case 'literal':
    case 'calculate':
      return undefined;
  }
}

function negated(of: Expression, roots: Roots): string | undefined {
  const condition = conditionInCel(of, roots);
  return condition === undefined ? undefined : `!(${condition})`;
}

function truth(path: Expression & {readonly kind: 'path'}, roots: Roots): string | undefined {
  const there = present(path, roots);
  const value = valueInCel(path, roots);
  return there === undefined || value === undefined
    ? undefined
    : `${there} && !(${value} in [null, false, 0, "", [], {}])`;
}

/** Every member on the way to the path is there. */
function present({root, segments}: Expression & {readonly kind: 'path'}, roots: Roots): string | undefined {
  const prefix = roots(root);
  if (prefix === undefined) return undefined;
  const [first, ...rest] = [...prefix, ...segments];
  if (typeof first !== 'string' || rest.some((segment) => typeof segment === 'number')) return undefined;
  const names = rest.map((segment) => (first === 'headers' ? String(segment).toLowerCase() : segment));
  const parts = names.map(
    (segment, index) => `${JSON.stringify(segment)} in ${chain([first, ...rest.slice(0, index)])}`,
  );
  return parts.length === 0 ? `${first} != null` : parts.join(' && ');
}

function valueInCel(expression: Expression, roots: Roots): string | undefined {
  switch (expression.kind) {
    case 'literal':
      return JSON.stringify(expression.value);
    case 'path': {
      const names = roots(expression.root);
      if (names === undefined || expression.segments.some((segment) => typeof segment === 'number' && segment < 0))
        return undefined;
      return chain([...names, ...expression.segments]);
    }
    case 'length': {
      const of = valueInCel(expression.of, roots);
      return of === undefined ? undefined : `size(${of})`;
    }
    case 'calculate': {
      const left = valueInCel(expression.left, roots);
      const right = valueInCel(expression.right, roots);
      return left === undefined || right === undefined ? undefined : `${left} ${expression.operator} ${right}`;
    }
    default:
      return undefined;
  }
}

/** Words that CEL does not allow after a dot. */
const reserved =
  /^(?:as|break|const|continue|else|false|for|function|if|import|in|let|loop|package|namespace|null|return|true|var|void|while)$/;

/** Headers are known by their names in lower case. */
function chain(segments: readonly Segment[]): string {
  return segments
    .map((given, index) => {
      if (index === 0) return String(given);
      const segment = segments[0] === 'headers' && typeof given === 'string' ? given.toLowerCase() : given;
      if (typeof segment === 'string' && /^[A-Za-z_]\w*$/.test(segment) && !reserved.test(segment))
        return `.${segment}`;
      return `[${JSON.stringify(segment)}]`;
    })
    .join('');
}
