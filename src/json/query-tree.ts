export interface QuerySegment {
  /** `..`: of the value and of everything below it. */
  readonly descendant: boolean;
  readonly selectors: readonly Selector[];
}

export type Selector =
  | {readonly kind: 'name'; readonly name: string}
  | {readonly kind: 'index'; readonly index: number}
  | {readonly kind: 'wildcard'}
  | {
      readonly kind: 'slice';
      readonly start: number | undefined;
      readonly end: number | undefined;
      readonly step: number;
    }
  | {readonly kind: 'filter'; readonly test: Test};

/** `$` or `@` of a filter. */
export interface FilterQuery {
  readonly kind: 'query';
  readonly fromRoot: boolean;
  readonly segments: readonly QuerySegment[];
}

export type Comparison = '==' | '!=' | '<=' | '>=' | '<' | '>';

/** The logical expression of a filter. */
export type Test =
  | {readonly kind: 'or' | 'and'; readonly left: Test; readonly right: Test}
  | {readonly kind: 'not'; readonly test: Test}
  | {readonly kind: 'exists'; readonly query: FilterQuery}
  | {readonly kind: 'pattern'; readonly of: Operand; readonly pattern: RegExp}
  | {readonly kind: 'compare'; readonly left: Operand; readonly sign: Comparison; readonly right: Operand};

/** What has a value, or none. A query has one if it matches exactly once. */
export type Operand =
  | FilterQuery
  | {readonly kind: 'literal'; readonly value: string | number | boolean | null}
  | {readonly kind: 'length'; readonly of: Operand}
  /** The one match of a query with any number of them. */
  | {readonly kind: 'value'; readonly query: FilterQuery}
  | {readonly kind: 'count'; readonly query: FilterQuery};
