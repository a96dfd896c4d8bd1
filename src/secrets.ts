/**
 * Registry of secret values and their redaction by value (contract, Secrets). Values of fewer than 4 characters are not
 * redacted: they would star half of every text. Redact first, cut afterwards; what a cut before has left of a secret is
 * redacted where it is long enough to be known.
 */
export class Secrets {
  /** What stands for a secret in text. */
  static readonly mask = '****';

  readonly #values = new Set<string>();
  #compiled: {readonly whole: RegExp; readonly parts: Parts} | undefined;

  /** A configured secret or a token learnt at run time. A placeholder stands for one and is none: messages name it. */
  add(value: string): void {
    if (placeholder.test(value) || value.length < 4 || this.#values.has(value)) return;
    this.#values.add(value);
    this.#compiled = undefined;
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
    this.#compiled ??= {whole: compile(this.#values), parts: partsOf(this.#values)};
    return withoutParts(text.replace(this.#compiled.whole, Secrets.mask), this.#compiled.parts);
  }
}

/** A text that is nothing but `${NAME}` or `{secrets.name}`: nobody has filled it in. */
const placeholder = /^(?:\$\{[A-Z0-9_]+\}|\{(?:secrets|vars|auth)\.[^{}]+\})$/;

/** Values of so many characters are known in either case too, as in the name of a host; shorter ones may be words. */
const caseless = 8;

/** One alternation of every value and its base64, longest first: a secret inside another never leaves the rest behind. */
function compile(values: ReadonlySet<string>): RegExp {
  const all = [...values].flatMap((value) => [
    {text: value, end: '', anyCase: value.length >= caseless},
    {text: base64(value), end: `(?:${spellingsOf('=').join('|')}){0,2}`, anyCase: false},
  ]);
  all.sort((a, b) => b.text.length - a.text.length);
  return new RegExp(all.map(({text, end, anyCase}) => anySpelling(text, anyCase) + end).join('|'), 'g');
}

/** Without the `=` that fill it up. */
const base64 = (value: string): string => Buffer.from(value, 'utf8').toString('base64').replace(/=+$/, '');

/** Percent-encoded so many times more: a login page that puts the address into its own does it once per redirect. */
const again = '(?:25){0,8}';

/** A backslash, percent-encoded where JSON was put into a URL. */
const backslash = `(?:\\\\|%${again}5[cC])`;

/** JSON inside JSON, four times: each level doubles the backslashes and adds one. */
const levels = 16;
const escapes = `${backslash}{0,${levels - 1}}`;
const backslashes = `${backslash}{1,${levels - 1}}`;

const named: Readonly<Record<string, string>> = {'&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos'};
const controls: Readonly<Record<string, string>> = {'\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f'};

/**
 * A pattern for a value as it is, percent-encoded (wholly or in part, also again and again), as a form has it, JSON-escaped at any
 * depth (PHP's `\/` and Python's `\u00e9` too), in HTML, and in both alphabets of base64.
 */
function anySpelling(value: string, anyCase: boolean): string {
  const parts = value.toWellFormed().match(/\\+|[^\\]/gu) ?? [];
  const spelled = (part: string): string => {
    if (/^[0-9]$/.test(part) || (!anyCase && /^[A-Za-z]$/.test(part))) return part;
    if (/^[A-Za-z]$/.test(part)) return `[${part.toLowerCase()}${part.toUpperCase()}]`;
    const cases = anyCase ? new Set([part, part.toLowerCase(), part.toUpperCase()]) : [part];
    return `(?:${[...cases]
      .filter(({length}) => length === part.length)
      .flatMap(spellingsOf)
      .join('|')})`;
  };
  return parts.map(spelled).join('');
}

function spellingsOf(part: string): string[] {
  if (part.startsWith('\\')) return [`${backslash}{${part.length},${part.length * levels}}`];
  const percent = [...Buffer.from(part, 'utf8')].map((byte) => `%${again}${hex(byte, 2)}`).join('');
  const units = Array.from({length: part.length}, (_, unit) => part.charCodeAt(unit));
  const found = [`${escapes}(?:${percent}|${part.replace(/[.*+?^${}()|[\]/-]/, '\\$&')})`];
  found.push(units.map((unit) => `${backslashes}u${hex(unit, 4)}`).join(''));
  found.push(`&(?:amp;){0,2}#(?:0*${part.codePointAt(0)}|[xX]0*${hex(part.codePointAt(0) ?? 0, 1)});`);
  if (named[part] !== undefined) found.push(`&(?:amp;){0,2}${named[part]};`);
  if (controls[part] !== undefined) found.push(`${backslashes}${controls[part]}`);
  if (part === ' ') found.push('\\+');
  if (part === '+') found.push('-');
  if (part === '/') found.push('_');
  return found;
}

/** A number in hexadecimal digits of either case. */
const hex = (number: number, digits: number): string =>
  number
    .toString(16)
    .padStart(digits, '0')
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);

/** Where in which spelling a run of characters stands. */
type Parts = ReadonlyMap<string, readonly {readonly spelling: string; readonly at: number}[]>;

/** Characters by which a part is known: fewer would star words that a secret happens to hold. */
const known = 10;

function partsOf(values: ReadonlySet<string>): Parts {
  const parts = new Map<string, {spelling: string; at: number}[]>();
  for (const spelling of new Set([...values].flatMap(plainSpellings))) {
    for (let at = 0; at + known <= spelling.length; at++) {
      const run = spelling.slice(at, at + known);
      const places = parts.get(run);
      if (places === undefined) parts.set(run, [{spelling, at}]);
      else places.push({spelling, at});
    }
  }
  return parts;
}

function plainSpellings(value: string): string[] {
  const escaped = JSON.stringify(value).slice(1, -1);
  const percent = encodeURIComponent(value.toWellFormed());
  return [value, escaped, JSON.stringify(escaped).slice(1, -1), percent, percent.replaceAll('%20', '+'), base64(value)];
}

/** A word goes on before `at`: not where the letter is the end of an escape. */
const isWithin = (text: string, at: number): boolean =>
  isWord(text[at - 1]) &&
  !/(?:%(?:25){0,8}[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4})$/.test(text.slice(Math.max(0, at - 19), at));

const isWord = (character: string | undefined): boolean => character !== undefined && /[A-Za-z0-9]/.test(character);

/** Masks what is left of a secret where somebody cut the text: a run of its characters that no word goes on around. */
function withoutParts(text: string, parts: Parts): string {
  let result = '';
  let from = 0;
  for (let at = 0; at + known <= text.length; at++) {
    const places = parts.get(text.slice(at, at + known));
    if (places === undefined || isWithin(text, at)) continue;
    const end = Math.max(...places.map((place) => at + sharedLength(text, at, place)));
    if (isWord(text[end])) continue;
    result += text.slice(from, at) + Secrets.mask;
    from = end;
    at = end - 1;
  }
  return result + text.slice(from);
}

function sharedLength(text: string, start: number, {spelling, at}: {spelling: string; at: number}): number {
  let length = known;
  while (at + length < spelling.length && text[start + length] === spelling[at + length]) length++;
  return length;
}
