import {compilePattern} from './pattern.js';
import type {QueryReader} from './query-reader.js';
import type {Comparison, FilterQuery, Operand, QuerySegment, Selector, Test} from './query-tree.js';

const NAME = /[\w$\-\u0080-\uffff]+/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y;
const SIGN = /[=!]=|[<>]=?|=~?/y;
const LITERALS = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/**
 * The logical expression behind `?` (RFC 9535, 2.3.5), with dlt's bare names for members of `@`, `=` for `==` and `&` for `&&`.
 * `bracketed` reads `[…]`, in which filters may stand again.
 */
export function parseTest(reader: QueryReader, bracketed: (reader: QueryReader) => readonly Selector[]): Test {
  return new FilterReader(reader, bracketed).anyOf();
}

class FilterReader {
  private readonly reader: QueryReader;
  private readonly bracketed: (reader: QueryReader) => readonly Selector[];

  constructor(reader: QueryReader, bracketed: (reader: QueryReader) => readonly Selector[]) {
    this.reader = reader;
    this.bracketed = bracketed;
  }

  anyOf(): Test {
    return this.reader.nested(() => this.alternatives());
  }

  private alternatives(): Test {
    let left = this.allOf();
    while (this.reader.takes('||')) {
      left = {kind: 'or', left, right: this.allOf()};
    }
    return left;
  }

  private allOf(): Test {
    let left = this.basic();
    while (this.reader.takes('&&') || this.reader.takes('&')) {
      left = {kind: 'and', left, right: this.basic()};
    }
    return left;
  }

  private basic(): Test {
    this.reader.blanks();
    const negated = this.reader.takes('!');
    this.reader.blanks();
    const test = this.reader.takes('(') ? this.parenthesised() : this.plain();
    this.reader.blanks();
    return negated ? {kind: 'not', test} : test;
  }

  private parenthesised(): Test {
    const test = this.anyOf();
    this.reader.blanks();
    this.reader.expect(')');
    return test;
  }

  /** A comparison, a query that must match something, or match() and search(). */
  private plain(): Test {
    const start = this.reader.at;
    const name = this.reader.match(/(?:match|search)\s*\(/y);
    if (name !== undefined) {
      return this.pattern(name.startsWith('match'));
    }
    const left = this.operand();
    this.reader.blanks();
    const sign = this.reader.match(SIGN);
    if (sign === undefined) {
      return left.kind === 'query'
        ? {kind: 'exists', query: left}
        : this.reader.fail('nothing is compared here', start);
    }
    if (sign === '=~') {
      this.reader.fail("=~ is not understood; write search(@.name, 'pattern')");
    }
    this.reader.blanks();
    const right = this.operand();
    for (const side of [left, right]) {
      if (side.kind === 'query' && !isSingular(side)) {
        this.reader.fail('only a path to one value can be compared; write value(…) or count(…) around it', start);
      }
    }
    return {kind: 'compare', left, sign: sign === '=' ? '==' : toComparison(sign), right};
  }

  private pattern(whole: boolean): Test {
    this.reader.blanks();
    const of = this.operand();
    this.reader.blanks();
    this.reader.expect(',');
    this.reader.blanks();
    const start = this.reader.at;
    const source = this.reader.string() ?? this.reader.fail('the pattern must be a text in quotes');
    this.reader.blanks();
    this.reader.expect(')');
    return {kind: 'pattern', of, pattern: compilePattern(source, whole, (reason) => this.reader.fail(reason, start))};
  }

  private operand(): Operand {
    const text = this.reader.string();
    if (text !== undefined) {
      return {kind: 'literal', value: text};
    }
    const number = this.reader.match(NUMBER);
    if (number !== undefined) {
      return {kind: 'literal', value: Number(number)};
    }
    const call = this.reader.match(/[a-z][a-z_0-9]*\s*\(/y);
    if (call !== undefined) {
      return this.called(call.slice(0, -1).trim());
    }
    const start = this.reader.at;
    const word = this.reader.match(NAME);
    const literal = word === undefined ? undefined : LITERALS.get(word);
    if (literal !== undefined && !this.reader.sees('.') && !this.reader.sees('[')) {
      return {kind: 'literal', value: literal};
    }
    this.reader.at = start;
    return this.query();
  }

  private called(name: string): Operand {
    const start = this.reader.at;
    this.reader.blanks();
    const of = this.reader.nested(() => this.operand());
    this.reader.blanks();
    this.reader.expect(')');
    if (name === 'length') {
      return {kind: 'length', of};
    }
    if ((name === 'count' || name === 'value') && of.kind === 'query') {
      return {kind: name, query: of};
    }
    return this.reader.fail(
      `${name}() with this argument is not understood; there are length, count, value, match and search`,
      start,
    );
  }

  /** `@…`, `$…`, or dlt's bare name, which is a member of `@`. Names are letters, digits, `_`, `-`, `$`; others stand in ['…']. */
  private query(): FilterQuery {
    const {reader} = this;
    const segments: QuerySegment[] = [];
    let fromRoot = false;
    if (!reader.takes('@')) {
      const name = reader.match(NAME);
      if (name === undefined) {
        return reader.fail(
          reader.done
            ? 'it ends inside a filter'
            : `${JSON.stringify(reader.text[reader.at])} is not understood in a filter`,
        );
      }
      fromRoot = name === '$';
      if (!fromRoot) {
        segments.push(child(name));
      }
    }
    for (;;) {
      const descendant = reader.takes('..');
      if (reader.sees('[') || (!descendant && reader.takes('.[') && reader.at-- > 0)) {
        segments.push({descendant, selectors: this.bracketed(reader)});
      } else if (descendant || reader.takes('.')) {
        segments.push({descendant, selectors: [this.named()]});
      } else {
        return {kind: 'query', fromRoot, segments};
      }
    }
  }

  private named(): Selector {
    const {reader} = this;
    if (reader.takes('*')) {
      return {kind: 'wildcard'};
    }
    const name = reader.string() ?? reader.match(NAME);
    return name === undefined
      ? reader.fail("a name must stand here; one with special characters is written ['like.this']")
      : {kind: 'name', name};
  }
}

function toComparison(sign: string): Comparison {
  return (['!=', '<=', '>=', '<', '>'] as const).find((known) => known === sign) ?? '==';
}

function isSingular({segments}: FilterQuery): boolean {
  return segments.every(
    ({descendant, selectors}) =>
      !descendant && selectors.length === 1 && (selectors[0]?.kind === 'name' || selectors[0]?.kind === 'index'),
  );
}

function child(name: string): QuerySegment {
  return {descendant: false, selectors: [{kind: 'name', name}]};
}
