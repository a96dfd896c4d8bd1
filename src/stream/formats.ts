import {configError} from '../errors.js';
import {ExactNumber, type Json, type JsonObject, numberText} from '../json/exact.js';
import {epochInstant} from './directives.js';
import {addSpan, type Duration, parseSpan} from './spans.js';
import {type Pattern, parsePattern} from './strftime.js';
import {compareInstants, isoTime, parseTime} from './times.js';
import type {Bound, Instant} from './value.js';
import {parseZone, utc, type Zone} from './zones.js';

/** A spelling of cursor values: a name, a strftime pattern, or {from, to, tz, plus} (config-language §8, Formats). */
export interface Format {
  readonly text: string;
  /** Rounds down to what the spelling can express. Throws ConnectorError for a value it cannot spell. */
  print(value: Bound): Json;
  /** undefined where the value is not spelled like this. */
  parse(value: Json): Instant | undefined;
  /** The last instant not after this one that `print` can express: windows that are sent like this begin and end there. */
  floor(time: Instant): Instant;
}

/** How instants are written and read, before zones and shifts. */
interface Spelling {
  print(instant: Instant, zone: Zone): Json;
  parse(value: Json, zone: Zone): Instant | undefined;
}

const named: Readonly<Record<string, Spelling>> = {
  epoch_seconds: {print: ({ms}) => Math.floor(ms / 1000), parse: (value) => epochOf(value, 0)},
  epoch_ms: {print: ({ms}) => ms, parse: (value) => epochOf(value, 3)},
  iso8601: {print: isoTime, parse: (value) => (typeof value === 'string' ? parseTime(value) : undefined)},
  iso_date: {
    print: ({ms}, zone) => datePattern.print({ms, beyond: ''}, zone),
    parse: (value, zone) => (typeof value === 'string' ? datePattern.parse(value, zone) : undefined),
  },
};

/**
 * Compiles a format. Throws a config_error at `place` for an unknown name, directive, zone or key.
 */
export function parseFormat(spec: Json, place: string): Format {
  if (typeof spec === 'string') return formatOf(spec, undefined, spellingOf(spec, place), utc, undefined, place);
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec) || spec instanceof ExactNumber) {
    throw configError(`${place}: write a format name, a pattern such as "%Y-%m-%d", or {from, to, tz, plus}`);
  }
  const {from, to, tz, plus, ...rest} = spec as JsonObject;
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw configError(`${place}.${unknown}: unknown key; there are from, to, tz, plus`);
  for (const [key, value] of Object.entries({from, to, tz})) {
    if (value !== undefined && typeof value !== 'string') throw configError(`${place}.${key}: must be text`);
  }
  const source = typeof from === 'string' ? spellingOf(from, `${place}.from`) : undefined;
  const target = typeof to === 'string' ? spellingOf(to, `${place}.to`) : (source ?? named['iso8601']);
  const zone = typeof tz === 'string' ? parseZone(tz, `${place}.tz`) : utc;
  const shift = plus === undefined || plus === null ? undefined : durationOf(plus, `${place}.plus`);
  const text = typeof to === 'string' ? to : typeof from === 'string' ? from : 'iso8601';
  if (target === undefined) throw configError(`${place}: unknown format`);
  return formatOf(text, source, target, zone, shift, place);
}

interface Shift {
  readonly span: Duration;
  readonly sign: 1 | -1;
}

function durationOf(plus: Json, place: string): Shift {
  const negative = typeof plus === 'string' && plus.startsWith('-');
  const span = parseSpan(negative ? plus.slice(1) : plus, place);
  if (span.kind === 'number') throw configError(`${place}: write an ISO 8601 duration such as PT1S`);
  return {span, sign: negative ? -1 : 1};
}

function formatOf(
  text: string,
  from: Spelling | undefined,
  to: Spelling,
  zone: Zone,
  shift: Shift | undefined,
  place: string,
): Format {
  const shifted = (time: Instant, back: boolean): Instant =>
    shift === undefined ? time : addSpan(time, shift.span, back ? -shift.sign : shift.sign);
  return {
    text,
    print: (value) => {
      const time = from?.parse(value.json, utc) ?? value.time ?? to.parse(value.json, zone) ?? timeOf(value.json);
      if (time === undefined) {
        throw configError(
          `${place}: the value ${shown(value.json)} is no time that "${text}" could spell; say how it is spelled: {from: …, to: "${text}"}, or incremental.cursor_format`,
        );
      }
      return to.print(shifted(time, false), zone);
    },
    parse: (value) => (from ?? to).parse(value, zone),
    floor: (time) => {
      const back = to.parse(to.print(shifted(time, false), zone), zone);
      if (back === undefined) return time;
      const floored = shifted(back, true);
      return compareInstants(floored, time) > 0 ? time : floored;
    },
  };
}

const timeOf = (value: Json): Instant | undefined => (typeof value === 'string' ? parseTime(value) : undefined);

const shown = (value: Json): string =>
  typeof value === 'string'
    ? `"${value.slice(0, 60)}"`
    : (numberText(value) ?? (value === null ? 'null' : typeof value));

const datePattern: Pattern = parsePattern('%Y-%m-%d', 'iso_date');

function spellingOf(text: string, place: string): Spelling {
  const known = Object.hasOwn(named, text) ? named[text] : undefined;
  if (known !== undefined) return known;
  if (!text.includes('%')) {
    throw configError(
      `${place}: no format "${text}"; there are ${Object.keys(named).join(', ')} and strftime patterns such as %Y-%m-%d`,
    );
  }
  const pattern = parsePattern(text, place);
  // %s, %ms alone are numbers, as the named formats are.
  const number = text === '%s' || text === '%ms';
  return {
    print: (instant, zone) => (number ? Number(pattern.print(instant, zone)) : pattern.print(instant, zone)),
    parse: (value, zone) => {
      const plain = typeof value === 'string' ? value : numberText(value);
      return plain === undefined ? undefined : pattern.parse(plain, zone);
    },
  };
}

function epochOf(value: Json, shift: 0 | 3): Instant | undefined {
  const text = typeof value === 'string' ? value : numberText(value);
  const plain = text === undefined ? undefined : plainDecimal(text);
  return plain === undefined ? undefined : epochInstant(plain, shift);
}

/** A JSON number without exponent (Java writes 1.7672256E12); undefined for other text and beyond 30 digits. */
export function plainDecimal(text: string): string | undefined {
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return text;
  const found = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,3})$/.exec(text);
  if (found === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = found;
  const point = whole.length + Number(exponent);
  if (Math.abs(point) > 30 || fraction.length > 60) return undefined;
  const digits = `${'0'.repeat(Math.max(0, 1 - point))}${whole}${fraction}`.padEnd(Math.max(point, 0), '0');
  const at = Math.max(point, 1);
  const rest = digits.slice(at);
  const start = digits.slice(0, at).replace(/^0+(?=\d)/, '');
  return `${sign}${start}${rest === '' ? '' : `.${rest}`}`;
}
