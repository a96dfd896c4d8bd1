import {fractionOf, offsetOf} from './times.js';
import type {Instant} from './value.js';
import type {Zone} from './zones.js';

/** What a directive prints from. */
interface Shown {
  readonly instant: Instant;
  /** The clock of the zone, as if it were UTC. */
  readonly local: Date;
  /** ms east of UTC. */
  readonly offset: number;
  readonly zone: Zone;
}

/** What was read from a text. `offset` and `epoch` are undefined where they are written and make no sense. */
export interface Fields {
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

export interface Directive {
  readonly print: (shown: Shown) => string;
  readonly regex: string;
  readonly read: (text: string) => Fields;
}

const monthNames = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];
const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const two = (value: number): string => String(value).padStart(2, '0');

type NumberField = 'year' | 'month' | 'day' | 'dayOfYear' | 'hour' | 'hour12' | 'minute' | 'second';

const number = (field: NumberField, regex: string, print: (local: Date) => string): Directive => ({
  print: ({local}) => print(local),
  regex,
  read: (text) => ({[field]: Number(text)}),
});

const short = (names: readonly string[]): string[] => names.map((name) => name.slice(0, 3));

const month = (names: readonly string[]): Directive => ({
  print: ({local}) => names[local.getUTCMonth()] ?? '',
  regex: names.join('|'),
  read: (text) => ({
    month: short(monthNames).findIndex((name) => name.toLowerCase() === text.slice(0, 3).toLowerCase()) + 1,
  }),
});

const weekday = (names: readonly string[]): Directive => ({
  print: ({local}) => names[local.getUTCDay()] ?? '',
  regex: names.join('|'),
  read: () => ({}),
});

const fraction = (digits: number, regex: string): Directive => ({
  print: ({instant}) => fractionOf(instant, digits),
  regex,
  read: (text) => ({fraction: text}),
});

const epoch = (shift: 0 | 3 | 6, print: (instant: Instant) => string, regex = '-?\\d+'): Directive => ({
  print: ({instant}) => print(instant),
  regex,
  read: (text) => ({epoch: epochInstant(text, shift)}),
});

const dayOfYear = (local: Date): number =>
  Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;

function offsetText(offset: number): string {
  const minutes = Math.abs(Math.round(offset / 60_000));
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
}

/** strftime's directives, and those that other connectors' configurations use for epoch numbers. */
export const directives: Readonly<Record<string, Directive>> = {
  Y: number('year', '\\d{4}', (local) => String(local.getUTCFullYear()).padStart(4, '0')),
  y: {
    print: ({local}) => two(local.getUTCFullYear() % 100),
    regex: '\\d{2}',
    read: (text) => ({year: Number(text) + (Number(text) < 69 ? 2000 : 1900)}),
  },
  m: number('month', '\\d{1,2}', (local) => two(local.getUTCMonth() + 1)),
  d: number('day', '\\d{1,2}', (local) => two(local.getUTCDate())),
  e: number('day', ' ?\\d{1,2}', (local) => String(local.getUTCDate()).padStart(2, ' ')),
  j: number('dayOfYear', '\\d{1,3}', (local) => String(dayOfYear(local)).padStart(3, '0')),
  H: number('hour', '\\d{1,2}', (local) => two(local.getUTCHours())),
  I: number('hour12', '\\d{1,2}', (local) => two(((local.getUTCHours() + 11) % 12) + 1)),
  M: number('minute', '\\d{1,2}', (local) => two(local.getUTCMinutes())),
  S: number('second', '\\d{1,2}', (local) => two(local.getUTCSeconds())),
  f: fraction(6, '\\d+'),
  _ms: fraction(3, '\\d{3}'),
  p: {
    print: ({local}) => (local.getUTCHours() < 12 ? 'AM' : 'PM'),
    regex: '[AaPp]\\.?[Mm]\\.?',
    read: (text) => ({afternoon: /^p/i.test(text)}),
  },
  b: month(short(monthNames)),
  B: month(monthNames),
  a: weekday(short(dayNames)),
  A: weekday(dayNames),
  z: {
    print: ({offset}) => offsetText(offset),
    regex: '[Zz]|[+-]\\d{2}(?::?\\d{2})?',
    read: (text) => ({offset: offsetOf(text)}),
  },
  Z: {print: ({zone}) => zone.name, regex: '[A-Za-z_/]+', read: (text) => ({offset: offsetOf(text)})},
  s: epoch(0, ({ms}) => String(Math.floor(ms / 1000))),
  ms: epoch(3, ({ms}) => String(ms)),
  s_as_float: epoch(0, (instant) => `${Math.floor(instant.ms / 1000)}.${fractionOf(instant, 6)}`, '-?\\d+(?:\\.\\d+)?'),
  epoch_microseconds: epoch(6, (instant) => `${Math.floor(instant.ms / 1000)}${fractionOf(instant, 6)}`),
};

/** Directives that stand for several. */
export const composed: Readonly<Record<string, string>> = {T: '%H:%M:%S', F: '%Y-%m-%d', D: '%m/%d/%y', R: '%H:%M'};

/** An instant from an epoch number as decimal text; `shift`: how many decimal places its unit is below the second. */
export function epochInstant(text: string, shift: 0 | 3 | 6): Instant | undefined {
  const found = /^(-?)(\d{1,18})(?:\.(\d+))?$/.exec(text);
  if (found === null) return undefined;
  const [, sign = '', whole = '', decimals = ''] = found;
  const digits = whole.padStart(shift + 1, '0');
  const seconds = Number(digits.slice(0, digits.length - shift));
  // What a Date can hold.
  if (seconds > 8.64e12) return undefined;
  const rest = `${digits.slice(digits.length - shift)}${decimals}`.replace(/0+$/, '');
  const ms = Number(rest.slice(0, 3).padEnd(3, '0'));
  const beyond = rest.slice(3);
  if (sign === '') return {ms: seconds * 1000 + ms, beyond};
  if (beyond === '') return {ms: -(seconds * 1000 + ms), beyond};
  const complement = String(10n ** BigInt(beyond.length) - BigInt(beyond)).padStart(beyond.length, '0');
  return {ms: -(seconds * 1000 + ms) - 1, beyond: complement.replace(/0+$/, '')};
}
