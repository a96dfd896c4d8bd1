import {configError} from '../errors.js';
import {dayOf, fractionOf, instantOf, offsetOf} from './times.js';
import type {Instant} from './value.js';
import {instantAt, localTime, utc, type Zone} from './zones.js';

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** What one directive shows of an instant: its UTC form and its form on the clock of the zone. */
interface Shown {
  readonly instant: Instant;
  readonly local: Date;
  readonly offset: number;
  readonly zone: Zone;
}

interface Directive {
  readonly print: (shown: Shown) => string;
  readonly regex: string;
  /** What the matched text gives. */
  readonly read: (text: string, into: Fields) => void;
}

interface Fields {
  year?: number;
  month?: number;
  day?: number;
  dayOfYear?: number;
  hour?: number;
  hour12?: number;
  afternoon?: boolean;
  minute?: number;
  second?: number;
  fraction?: string;
  offset?: number | undefined;
  epoch?: Instant | undefined;
}

const two = (value: number): string => String(value).padStart(2, '0');
const number = (
  regex: string,
  print: (shown: Shown) => string,
  read: (value: number, into: Fields) => void,
): Directive => ({
  print,
  regex,
  read: (text, into) => read(Number(text), into),
});
const names = (
  list: readonly string[],
  short: boolean,
  index: (shown: Shown) => number,
  read: Directive['read'],
): Directive => {
  const shown = list.map((name) => (short ? name.slice(0, 3) : name));
  return {print: (at) => shown[index(at)] ?? '', regex: shown.join('|'), read};
};
const monthOf = (text: string, into: Fields): void => {
  into.month = months.findIndex((name) => name.slice(0, 3).toLowerCase() === text.slice(0, 3).toLowerCase()) + 1;
};
const ignored = (): void => {};
const epoch = (divisor: number, digits: string): Directive => ({
  print: ({instant}) =>
    divisor < 1 ? `${instant.ms}${fractionOf(instant, 6).slice(3)}` : String(Math.floor(instant.ms / divisor)),
  regex: digits,
  read: (text, into) => {
    into.epoch = epochInstant(text, divisor === 1000 ? 0 : divisor === 1 ? 3 : 6);
  },
});

/** An instant from an epoch number as decimal text; `shift`: how many decimal places its unit is below the second. */
export function epochInstant(text: string, shift: 0 | 3 | 6): Instant | undefined {
  const found = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(text);
  if (found === null) return undefined;
  const [, sign = '', whole = '', fraction = ''] = found;
  const digits = whole.padStart(shift + 1, '0');
  const seconds = Number(digits.slice(0, digits.length - shift));
  const rest = `${digits.slice(digits.length - shift)}${fraction}`.replace(/0+$/, '');
  const ms = Number(rest.slice(0, 3).padEnd(3, '0'));
  const beyond = rest.slice(3);
  if (sign === '') return {ms: seconds * 1000 + ms, beyond};
  if (beyond === '') return {ms: -(seconds * 1000 + ms), beyond};
  const complement = String(10n ** BigInt(beyond.length) - BigInt(beyond)).padStart(beyond.length, '0');
  return {ms: -(seconds * 1000 + ms) - 1, beyond: complement.replace(/0+$/, '')};
}

const directives: Readonly<Record<string, Directive>> = {
  Y: number(
    '\\d{4}',
    ({local}) => String(local.getUTCFullYear()).padStart(4, '0'),
    (value, into) => void (into.year = value),
  ),
  y: number(
    '\\d{2}',
    ({local}) => two(local.getUTCFullYear() % 100),
    (value, into) => void (into.year = value + (value < 69 ? 2000 : 1900)),
  ),
  m: number(
    '\\d{1,2}',
    ({local}) => two(local.getUTCMonth() + 1),
    (value, into) => void (into.month = value),
  ),
  d: number(
    '\\d{1,2}',
    ({local}) => two(local.getUTCDate()),
    (value, into) => void (into.day = value),
  ),
  e: number(
    ' ?\\d{1,2}',
    ({local}) => String(local.getUTCDate()).padStart(2, ' '),
    (value, into) => void (into.day = value),
  ),
  j: number(
    '\\d{1,3}',
    ({local}) =>
      String(Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0, 1)) / 86_400_000) + 1).padStart(3, '0'),
    (value, into) => void (into.dayOfYear = value),
  ),
  H: number(
    '\\d{1,2}',
    ({local}) => two(local.getUTCHours()),
    (value, into) => void (into.hour = value),
  ),
  I: number(
    '\\d{1,2}',
    ({local}) => two(((local.getUTCHours() + 11) % 12) + 1),
    (value, into) => void (into.hour12 = value),
  ),
  M: number(
    '\\d{1,2}',
    ({local}) => two(local.getUTCMinutes()),
    (value, into) => void (into.minute = value),
  ),
  S: number(
    '\\d{1,2}',
    ({local}) => two(local.getUTCSeconds()),
    (value, into) => void (into.second = value),
  ),
  f: {print: ({instant}) => fractionOf(instant, 6), regex: '\\d+', read: (text, into) => void (into.fraction = text)},
  _ms: {
    print: ({instant}) => fractionOf(instant, 3),
    regex: '\\d{3}',
    read: (text, into) => void (into.fraction = text),
  },
  p: {
    print: ({local}) => (local.getUTCHours() < 12 ? 'AM' : 'PM'),
    regex: '[AaPp]\\.?[Mm]\\.?',
    read: (text, into) => void (into.afternoon = /^p/i.test(text)),
  },
  b: names(months, true, ({local}) => local.getUTCMonth(), monthOf),
  B: names(months, false, ({local}) => local.getUTCMonth(), monthOf),
  a: names(weekdays, true, ({local}) => local.getUTCDay(), ignored),
  A: names(weekdays, false, ({local}) => local.getUTCDay(), ignored),
  z: {
    print: ({offset}) => {
      const minutes = Math.abs(Math.round(offset / 60_000));
      return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
    },
    regex: '[Zz]|[+-]\\d{2}(?::?\\d{2})?',
    read: (text, into) => void (into.offset = offsetOf(text)),
  },
  Z: {print: ({zone}) => zone.name, regex: '[A-Za-z_/]+', read: (text, into) => void (into.offset = offsetOf(text))},
  s: epoch(1000, '-?\\d+'),
  ms: epoch(1, '-?\\d+'),
  s_as_float: {
    print: ({instant}) => `${Math.floor(instant.ms / 1000)}.${fractionOf(instant, 6)}`,
    regex: '-?\\d+(?:\\.\\d+)?',
    read: (text, into) => void (into.epoch = epochInstant(text, 0)),
  },
  epoch_microseconds: epoch(0.001, '-?\\d+'),
};

const composed: Readonly<Record<string, string>> = {T: '%H:%M:%S', F: '%Y-%m-%d', D: '%m/%d/%y', R: '%H:%M'};

export interface Pattern {
  print(instant: Instant, zone: Zone): string;
  parse(text: string, zone: Zone): Instant | undefined;
}

/** Compiles a strftime pattern; a directive that is not known is a config_error at `place` that lists those that are. */
export function parsePattern(source: string, place: string): Pattern {
  const parts = partsOf(source, place);
  const regex = new RegExp(
    `^${parts.map((part) => (typeof part === 'string' ? escaped(part) : `(${part.directive.regex})`)).join('')}$`,
    'i',
  );
  const found = parts.filter((part) => typeof part === 'object');
  return {
    print: (instant, zone) => {
      const at = zone === utc ? instant.ms : localTime(zone, instant.ms);
      const offset = zone === utc ? 0 : zone.offset(instantAt(zone, at));
      const shown = {instant, local: new Date(at), offset, zone};
      return parts
        .map((part) => {
          if (typeof part === 'string') return part;
          const text = part.directive.print(shown);
          return part.bare ? text.replace(/^[0 ]+(?=.)/, '') : text;
        })
        .join('');
    },
    parse: (text, zone) => {
      const match = regex.exec(text);
      if (match === null) return undefined;
      const fields: Fields = {};
      for (const [index, part] of found.entries()) part.directive.read((match[index + 1] ?? '').trim(), fields);
      return instantFrom(fields, zone);
    },
  };
}

interface Part {
  readonly directive: Directive;
  /** `%-d`: without leading zeros. */
  readonly bare: boolean;
}

function partsOf(source: string, place: string): readonly (string | Part)[] {
  const long = ['epoch_microseconds', 's_as_float', '_ms', 'ms'];
  const parts: (string | Part)[] = [];
  let text = source.replace(/%([TFDR])/g, (_, letter: string) => composed[letter] ?? '');
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%')) {
    if (at > 0) parts.push(text.slice(0, at));
    const bare = text[at + 1] === '-';
    const rest = text.slice(at + (bare ? 2 : 1));
    if (rest.startsWith('%')) {
      parts.push('%');
      text = rest.slice(1);
      continue;
    }
    const name = long.find((candidate) => rest.startsWith(candidate)) ?? rest.slice(0, 1);
    const directive = Object.hasOwn(directives, name) ? directives[name] : undefined;
    if (directive === undefined) {
      const known = [...Object.keys(directives), ...Object.keys(composed)].map((key) => `%${key}`).join(' ');
      throw configError(`${place}: "%${name}" in "${source}" is not known; there are ${known}`);
    }
    parts.push({directive, bare});
    text = rest.slice(name.length);
  }
  if (text !== '') parts.push(text);
  return parts;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

function instantFrom(fields: Fields, zone: Zone): Instant | undefined {
  if ('epoch' in fields) return fields.epoch;
  const year = fields.year ?? 1970;
  const day =
    fields.dayOfYear === undefined
      ? dayOf(year, fields.month ?? 1, fields.day ?? 1)
      : fields.dayOfYear < 1 || fields.dayOfYear > 366
        ? undefined
        : (dayOf(year, 1, 1) ?? Number.NaN) + (fields.dayOfYear - 1) * 86_400_000;
  if (day === undefined || Number.isNaN(day)) return undefined;
  let hour = fields.hour;
  if (hour === undefined && fields.hour12 !== undefined) {
    if (fields.hour12 < 1 || fields.hour12 > 12) return undefined;
    hour = (fields.hour12 % 12) + (fields.afternoon === true ? 12 : 0);
  }
  const local = instantOf(day, hour ?? 0, fields.minute ?? 0, fields.second ?? 0, fields.fraction ?? '', 0);
  if (local === undefined || ('offset' in fields && fields.offset === undefined)) return undefined;
  if (fields.offset !== undefined) return {ms: local.ms - fields.offset, beyond: local.beyond};
  return zone === utc ? local : {ms: instantAt(zone, local.ms), beyond: local.beyond};
}
