/** Filters, parentheses and calls inside each other. */
const DEEPEST = 50;
const BLANKS = /\s*/y;
const INTEGER = /-?(?:0|[1-9]\d*)(?![\w.])/y;

/** A position in the text of a path, and how to refuse what stands there. */
export class QueryReader {
  readonly text: string;
  at = 0;
  private depth = 0;
  private readonly refusal: (reason: string) => Error;

  constructor(text: string, refusal: (reason: string) => Error) {
    this.text = text;
    this.refusal = refusal;
  }

  fail(reason: string, at: number = this.at): never {
    throw this.refusal(`${reason} (character ${at + 1})`);
  }

  /** Reads something that may contain itself, but not without end. */
  nested<T>(read: () => T): T {
    if (++this.depth > DEEPEST) {
      this.fail(`more than ${DEEPEST} filters or parentheses inside each other`);
    }
    const value = read();
    this.depth--;
    return value;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  sees(token: string): boolean {
    return this.text.startsWith(token, this.at);
  }

  /** Passes the token if it stands here. */
  takes(token: string): boolean {
    if (!this.sees(token)) {
      return false;
    }
    this.at += token.length;
    return true;
  }

  expect(token: string): void {
    if (!this.takes(token)) {
      this.fail(
        this.done
          ? `it ends where ${token} must stand`
          : `${JSON.stringify(this.text[this.at])} where ${token} must stand`,
      );
    }
  }

  blanks(): void {
    this.match(BLANKS);
  }

  /** Passes what a sticky pattern matches here; undefined if it does not. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  integer(): number | undefined {
    const start = this.at;
    const digits = this.match(INTEGER);
    if (digits === undefined) {
      return undefined;
    }
    const number = Number(digits);
    if (!Number.isSafeInteger(number) || Object.is(number, -0)) {
      this.fail(`${digits} is no index`, start);
    }
    return number;
  }

  /** A name or text in single or double quotes, with JSON's escapes; undefined if none begins here. */
  string(): string | undefined {
    const quote = this.sees("'") ? "'" : '"';
    const start = this.at;
    if (!this.takes(quote)) {
      return undefined;
    }
    let value = '';
    while (!this.takes(quote)) {
      if (this.done) {
        this.fail(`the quote ${quote} has no end`, start);
      }
      value += this.takes('\\') ? this.escape() : (this.text[this.at++] ?? '');
    }
    return value;
  }

  private escape(): string {
    const c = this.text[this.at++] ?? '';
    if (c === "'" || c === '"' || c === '\\' || c === '/') {
      return c;
    }
    const hex = c === 'u' ? this.match(/[0-9a-fA-F]{4}/y) : undefined;
    if (hex !== undefined) {
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const control = new Map([
      ['b', '\b'],
      ['f', '\f'],
      ['n', '\n'],
      ['r', '\r'],
      ['t', '\t'],
    ]).get(c);
    return control ?? this.fail('a backslash in quotes is written \\\\', this.at - 2);
  }
}
