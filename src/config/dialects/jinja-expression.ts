import type {Segment} from '../../json/path.js';

/** An expression in the Jinja of Airbyte manifests, as far as conditions and cursor values use it. */
export type Expression =
  | {readonly kind: 'literal'; readonly value: string | number | boolean | null}
  /** response.a.b, response['a'], response.get('a', {}): the first name and what follows. */
  | {readonly kind: 'path'; readonly root: string; readonly segments: readonly Segment[]}
  | {readonly kind: 'not'; readonly of: Expression}
  | {readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression}
  | {readonly kind: 'compare'; readonly operator: Comparison; readonly left: Expression; readonly right: Expression}
  | {readonly kind: 'in'; readonly left: Expression; readonly right: Expression}
  | {readonly kind: 'calculate'; readonly operator: '+' | '-'; readonly left: Expression; readonly right: Expression}
  | {readonly kind: 'is'; readonly of: Expression; readonly test: Test}
  | {readonly kind: 'length'; readonly of: Expression};

type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';
type Test = 'none' | 'defined' | 'true' | 'false';

/** The text within `{{ }}`, or all of it where there is none. */
export function unwrapped(text: string): string {
  const inner = /^\s*\{\{([\s\S]*)\}\}\s*$/.exec(text)?.[1];
  return (inner === undefined || inner.includes('}}') ? text : inner).trim();
}

/** undefined for whatever is no expression or uses more of Jinja than this. */
export function parseJinja(text: string): Expression | undefined {
  const tokens = tokenize(unwrapped(text));
  if (tokens === undefined || tokens.length > 500) return undefined;
  const parser = new Parser(tokens);
  try {
    const expression = parser.alternatives();
    return parser.atEnd() ? expression : undefined;
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}

class NotUnderstood extends Error {}

interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'sign';
  readonly text: string;
}

const token =
  /\s*(?:([\p{L}_@$][\p{L}\p{N}_@$]*)|(\d+(?:\.\d+)?)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(==|!=|<=|>=|[<>+\-|.,()[\]{}:]))/uy;

function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const match = token.exec(text);
    if (match === null) return undefined;
    const [, name, number, single, double, sign] = match;
    const quoted = single ?? double;
    if (name !== undefined) tokens.push({kind: 'name', text: name});
    else if (number !== undefined) tokens.push({kind: 'number', text: number});
    else if (quoted !== undefined) tokens.push({kind: 'string', text: quoted.replace(/\\(.)/gs, '$1')});
    else tokens.push({kind: 'sign', text: sign ?? ''});
  }
  return tokens.length === 0 ? undefined : tokens;
}

const constants: ReadonlyMap<string, boolean | null> = new Map([
  ['none', null],
  ['None', null],
  ['null', null],
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
]);

const comparisons: readonly Comparison[] = ['==', '!=', '<', '<=', '>', '>='];

/** Recursive descent in the order of Jinja's precedence. Nesting is bounded by the number of tokens. */
class Parser {
  private at = 0;
  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  atEnd(): boolean {
    return this.at === this.tokens.length;
  }

  alternatives(): Expression {
    let left = this.conjunction();
    while (this.takes('name', 'or')) left = {kind: 'or', left, right: this.conjunction()};
    return left;
  }

  private conjunction(): Expression {
    let left = this.negation();
    while (this.takes('name', 'and')) left = {kind: 'and', left, right: this.negation()};
    return left;
  }

  private negation(): Expression {
    return this.takes('name', 'not') ? {kind: 'not', of: this.negation()} : this.comparison();
  }

  private comparison(): Expression {
    const left = this.sum();
    const operator = comparisons.find((sign) => this.takes('sign', sign));
    if (operator !== undefined) return {kind: 'compare', operator, left, right: this.sum()};
    if (this.takes('name', 'in')) return {kind: 'in', left, right: this.sum()};
    if (this.takes('name', 'is')) return this.test(left);
    if (!this.takes('name', 'not')) return left;
    this.expect('name', 'in');
    return {kind: 'not', of: {kind: 'in', left, right: this.sum()}};
  }

  private test(of: Expression): Expression {
    const negated = this.takes('name', 'not');
    const word = this.take('name').toLowerCase();
    const is = (test: Test, isNot: boolean): Expression => {
      const expression = {kind: 'is', of, test} as const;
      return isNot ? {kind: 'not', of: expression} : expression;
    };
    switch (word) {
      case 'none':
      case 'null':
        return is('none', negated);
      case 'undefined':
        return is('defined', !negated);
      case 'defined':
      case 'true':
      case 'false':
        return is(word, negated);
      default:
        throw new NotUnderstood();
    }
  }

  private sum(): Expression {
    let left = this.filtered();
    for (;;) {
      const operator = (['+', '-'] as const).find((sign) => this.takes('sign', sign));
      if (operator === undefined) return left;
      left = {kind: 'calculate', operator, left, right: this.filtered()};
    }
  }

  private filtered(): Expression {
    const value = this.value();
    if (!this.takes('sign', '|')) return value;
    if (!['length', 'count'].includes(this.take('name'))) throw new NotUnderstood();
    return {kind: 'length', of: value};
  }

  private value(): Expression {
    const next = this.tokens[this.at];
    if (next === undefined) throw new NotUnderstood();
    this.at += 1;
    if (next.kind === 'string') return {kind: 'literal', value: next.text};
    if (next.kind === 'number') return {kind: 'literal', value: Number(next.text)};
    if (next.kind === 'name') {
      const constant = constants.get(next.text);
      return constant === undefined ? this.path(next.text) : {kind: 'literal', value: constant};
    }
    if (next.text !== '(') throw new NotUnderstood();
    const inner = this.alternatives();
    this.expect('sign', ')');
    return inner;
  }

  private path(root: string): Expression {
    const segments: Segment[] = [];
    for (;;) {
      if (this.takes('sign', '[')) {
        segments.push(this.subscript());
        this.expect('sign', ']');
      } else if (this.takes('sign', '.')) {
        const name = this.take('name');
        if (!this.takes('sign', '(')) segments.push(name);
        else if (name === 'get') segments.push(this.getArguments());
        else throw new NotUnderstood();
      } else if (this.tokens[this.at]?.text === '(' && this.tokens[this.at]?.kind === 'sign') throw new NotUnderstood();
      else return {kind: 'path', root, segments};
    }
  }

  private subscript(): Segment {
    const negative = this.takes('sign', '-');
    const next = this.tokens[this.at];
    if (next === undefined || (next.kind !== 'string' && next.kind !== 'number')) throw new NotUnderstood();
    this.at += 1;
    if (next.kind === 'string' && !negative) return next.text;
    if (next.kind === 'number' && Number.isInteger(Number(next.text)))
      return negative ? -Number(next.text) : Number(next.text);
    throw new NotUnderstood();
  }

  /** The name of `get('name', default)`; the default only says that a missing one is no mistake. */
  private getArguments(): string {
    const name = this.take('string');
    if (this.takes('sign', ',') && !(this.takes('sign', '{') && this.takes('sign', '}'))) {
      if (this.takes('sign', '[')) this.expect('sign', ']');
      else this.value();
    }
    this.expect('sign', ')');
    return name;
  }

  private takes(kind: Token['kind'], text: string): boolean {
    const next = this.tokens[this.at];
    if (next?.kind !== kind || next.text !== text) return false;
    this.at += 1;
    return true;
  }

  private take(kind: Token['kind']): string {
    const next = this.tokens[this.at];
    if (next?.kind !== kind) throw new NotUnderstood();
    this.at += 1;
    return next.text;
  }

  private expect(kind: Token['kind'], text: string): void {
    if (!this.takes(kind, text)) throw new NotUnderstood();
  }
}
