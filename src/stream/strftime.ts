import {configError} from '../errors.js';
import {composed, type Directive, directives, type Fields} from './directives.js';
import {dayOf, instantOf} from './times.js';
import type {Instant} from './value.js';
import {instantAt, localTime, utc, type Zone} from './zones.js';

/** A compiled strftime pattern. Printing rounds down to what it can express. */
export interface Pattern {
  print(instant: Instant, zone: Zone): string;
  parse(text: string, zone: Zone): Instant | undefined;
}

interface Part {
  readonly directive: Directive;
  /** `%-d`: without leading zeros. */
  readonly bare: boolean;
}

/** Compiles a strftime pattern; a directive that is not known is a config_error at `place` that lists those that are. */
export function parsePattern(source: string, place: string): Pattern {
  const parts = partsOf(source, place);
  const found = parts.filter((part) => typeof part === 'object');
  const body = parts.map((part) => (typeof part === 'string' ? escaped(part) : `(${part.directive.regex})`)).join('');
  const regex = new RegExp(`^${body}$`, 'i');
  return {
    print: (instant, zone) => {
      const at = zone === utc ? instant.ms : localTime(zone, instant.ms);
      const offset = zone === utc ? 0 : at - instantAt(zone, at);
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
      for (const [index, {directive}] of found.entries()) {
        Object.assign(fields, directive.read((match[index + 1] ?? '').trim()));
      }
      return instantFrom(fields, zone);
    },
  };
}

const long = ['epoch_microseconds', 's_as_float', '_ms', 'ms'];

function partsOf(source: string, place: string): readonly (string | Part)[] {
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
  const day = dayFrom(fields);
  const hour = hourFrom(fields);
  if (day === undefined || hour === undefined) return undefined;
  const local = instantOf(day, hour, fields.minute ?? 0, fields.second ?? 0, fields.fraction ?? '', 0);
  if (local === undefined || ('offset' in fields && fields.offset === undefined)) return undefined;
  if (fields.offset !== undefined) return {ms: local.ms - fields.offset, beyond: local.beyond};
  return zone === utc ? local : {ms: instantAt(zone, local.ms), beyond: local.beyond};
}

function dayFrom({year = 1970, month = 1, day = 1, dayOfYear}: Fields): number | undefined {
  if (dayOfYear === undefined) return dayOf(year, month, day);
  const first = dayOf(year, 1, 1);
  return first === undefined || dayOfYear < 1 || dayOfYear > 366 ? undefined : first + (dayOfYear - 1) * 86_400_000;
}

function hourFrom({hour, hour12, afternoon}: Fields): number | undefined {
  if (hour !== undefined || hour12 === undefined) return hour ?? 0;
  return hour12 < 1 || hour12 > 12 ? undefined : (hour12 % 12) + (afternoon === true ? 12 : 0);
}
