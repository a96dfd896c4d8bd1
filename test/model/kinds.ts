import {scramble} from './random.js';

/** Epoch µs at which every simulated API begins. */
export const epoch = Date.UTC(2026, 0, 10) * 1000;
const second = 1_000_000;
const day = 86_400 * second;

/**
 * How an API spells the cursor of its records. `at` is when a row changed: µs for times, else a counter. `value` is what the
 * spelling shows of it, as a number in the cursor's own order; `sent` reads what we are asked with as such a number.
 */
export interface Kind {
  readonly time: boolean;
  /** Bounded by the moment at which a slice began (config-language §8, State). */
  readonly min?: boolean;
  /** `at` between two events. */
  readonly tick: number;
  /** In `at`: what the spelling cannot tell apart. */
  readonly grain: number;
  spell(at: number, id: number): string;
  value(at: number): number;
  sent(text: string): number;
  /** JSON text of initial_value: nothing lies before it. */
  readonly initial: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** `lag`, `step` and their like over `n` ticks. */
  span(n: number): unknown;
}

const floor = (at: number, grain: number): number => Math.floor(at / grain) * grain;
const iso = (at: number): string => new Date(Math.floor(at / 1000)).toISOString();
const micros = (at: number): string => String(((at % second) + second) % second).padStart(6, '0');

/** ISO in any shape, a date, epoch seconds or ms: µs. */
function readTime(text: string): number {
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return Math.round(Number(text) * (Number(text) < 1e11 ? second : 1000));
  const found = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (found === null) throw new Error(`the API cannot read the time ${text}`);
  const [, date, minutes = '00:00', seconds = ':00', fraction = '.0', zone = 'Z'] = found;
  return Date.parse(`${date}T${minutes}${seconds}${zone}`) * 1000 + Math.floor(Number(fraction) * second + 0.5);
}

const time = (grain: number, spell: Kind['spell'], more: Partial<Kind> = {}): Kind => ({
  time: true,
  tick: second,
  grain,
  spell,
  value: (at) => floor(at, grain),
  sent: readTime,
  initial: '"2026-01-10T00:00:00Z"',
  span: (n) => `PT${n}S`,
  ...more,
});

const withOffset = (at: number, id: number): string => {
  const hours = (id % 5) - 2;
  const shifted = iso(at + hours * 3600 * second).slice(0, 19);
  const zone = `${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}${id % 2 === 0 ? ':00' : '00'}`;
  return hours === 0 && id % 2 === 0 ? `"${shifted}Z"` : `"${shifted}${zone}"`;
};

const counter = (spell: Kind['spell'], sent: Kind['sent'], initial: string, more: Partial<Kind> = {}): Kind => ({
  time: false,
  tick: 1,
  grain: 1,
  spell,
  value: (at) => at,
  sent,
  initial,
  span: (n) => n,
  ...more,
});

const beyondDoubles = 9_007_199_254_740_993n;
const hundredths = (at: number, id: number): string => {
  const text = `${Math.floor(at / 100)}.${String(at % 100).padStart(2, '0')}`;
  return id % 2 === 0 ? text : text.replace(/0$/, '');
};
const seconds = (at: number): string => String(Math.floor(at / second));

export const kinds = {
  iso: time(1000, (at) => `"${iso(at)}"`),
  isoSeconds: time(second, (at) => `"${iso(at).slice(0, 19)}Z"`),
  isoMicros: time(1, (at) => `"${iso(at).slice(0, 19)}.${micros(at)}Z"`, {initial: '"2026-01-10T00:00:00.000000Z"'}),
  isoOffset: time(second, withOffset),
  isoBare: time(second, (at) => `"${iso(at).slice(0, 19)}"`, {initial: '"2026-01-10T00:00:00"'}),
  isoBlank: time(second, (at) => `"${iso(at).slice(0, 19).replace('T', ' ')}"`, {initial: '"2026-01-10 00:00:00"'}),
  date: time(day, (at) => `"${iso(at).slice(0, 10)}"`, {
    tick: day / 8,
    initial: '"2026-01-10"',
    span: (n) => `P${Math.ceil(n / 8)}D`,
  }),
  pattern: time(60 * second, (at) => `"${iso(at).slice(8, 10)}/${iso(at).slice(5, 7)}/2026 ${iso(at).slice(11, 16)}"`, {
    tick: 20 * second,
    initial: '"2026-01-10T00:00:00Z"',
    options: {cursor_format: '%d/%m/%Y %H:%M', convert: 'iso8601'},
    span: (n) => `PT${Math.ceil(n / 3)}M`,
  }),
  epochSeconds: time(second, seconds, {initial: '1768003200', span: (n) => n}),
  epochMs: time(1000, (at) => String(Math.floor(at / 1000)), {initial: '1768003200000', span: (n) => n * 1000}),
  epochFormat: time(second, seconds, {options: {cursor_format: 'epoch_seconds'}}),
  epochText: time(1000, (at) => `"${Math.floor(at / 1000)}"`, {
    options: {cursor_format: 'epoch_ms'},
    initial: '"1768003200000"',
  }),
  minIso: time(second, (at) => `"${iso(2 * epoch - at)}"`, {
    min: true,
    value: (at) => floor(2 * epoch - at, 1000),
    initial: '"2026-01-10T00:00:00Z"',
    options: {last_value_func: 'min'},
    grain: 1000,
  }),
  big: counter(
    (at) => String(beyondDoubles + BigInt(at)),
    (text) => Number(BigInt(text) - beyondDoubles),
    '9007199254740992',
  ),
  numericText: counter((at) => `"${at}"`, Number, '"0"'),
  decimal: counter(hundredths, (text) => Math.round(Number(text) * 100), '0.00', {span: (n) => n / 100}),
  minNumber: counter((at) => String(1_000_000 - at), Number, '1000000', {
    min: true,
    value: (at) => 1_000_000 - at,
    options: {last_value_func: 'min'},
  }),
  text: counter(
    (at) => `"k${String(at).padStart(7, '0')}é"`,
    (text) => Number(text.slice(1, 8)),
    '"k"',
    {span: () => undefined},
  ),
} satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof kinds;

/** Where a row stands in a list that is sorted by something that never changes. */
export const tieOf = (id: number): number => scramble(id);
