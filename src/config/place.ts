/** Line and column of a text, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}
