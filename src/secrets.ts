/**
 * Registry of secret values and their redaction by value (contract, Secrets). Values of fewer than 4 characters are not
 * redacted: they would star half of every text. Redact first, cut afterwards.
 */
export class Secrets {
  /** What stands for a secret in text. */
  static readonly mask = '****';

  readonly #values = new Set<string>();
  #spellings: RegExp | undefined;

  /** A configured secret or a token learnt at run time. */
  add(value: string): void {
    if (value.length < 4 || this.#values.has(value)) return;
    this.#values.add(value);
    this.#spellings = undefined;
  }

  /** The two parts of a Basic credential: the pair's base64 is a secret too. */
  addBasic(username: string, password: string): void {
    this.add(password);
    this.add(Buffer.from(`${username}:${password}`, 'utf8').toString('base64'));
  }

  has(value: string): boolean {
    return this.#values.has(value);
  }

  redact(text: string): string {
    if (this.#values.size === 0) return text;
    this.#spellings ??= compile(this.#values);
    return text.replace(this.#spellings, Secrets.mask);
  }
}

/** One alternation of every spelling, longest first, so that a secret inside another never leaves the rest behind. */
function compile(values: ReadonlySet<string>): RegExp {
  const all = new Set<string>();
  for (const value of values) for (const spelling of spellings(value)) if (spelling.length >= 4) all.add(spelling);
  const sorted = [...all].sort((a, b) => b.length - a.length);
  return new RegExp(sorted.map((spelling) => spelling.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')).join('|'), 'g');
}

function spellings(value: string): string[] {
  const percent = encode(value);
  const escaped = JSON.stringify(value).slice(1, -1);
  const form = new URLSearchParams({v: value}).toString().slice(2);
  const base64 = Buffer.from(value, 'utf8').toString('base64');
  const lower = (text: string) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  return [
    value,
    percent,
    lower(percent),
    form,
    lower(form),
    percent.replaceAll('%20', '+'),
    encodeAll(value),
    escaped,
    JSON.stringify(escaped).slice(1, -1),
    base64,
    base64.replace(/=+$/, ''),
    base64.replaceAll('+', '-').replaceAll('/', '_'),
    base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
  ];
}

function encode(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

function encodeAll(value: string): string {
  return encodeURI(value.toWellFormed());
}
