import {ExactNumber, type Json, printExact} from '../json/exact.js';

const integer = /^-?\d+$/;

/** Texts of numbers that a double does not spell as they came: 1.10, 1e400. Two of one value are none. */
export type NumberTexts = Map<number, string | undefined>;

function numberToCel(text: string, texts: NumberTexts): bigint | number {
  if (integer.test(text)) return BigInt(text);
  const value = Number(text);
  if (String(value) !== text) texts.set(value, !texts.has(value) || texts.get(value) === text ? text : undefined);
  return value;
}

/**
 * A JSON value for CEL: integers by text are BigInt, other numbers doubles, objects have no prototype. Iterative, because
 * what an API sends may be nested deeply. `texts` collects what doubles lose.
 */
export function toCel(value: unknown, texts: NumberTexts = new Map()): unknown {
  const holder: {value?: unknown} = {};
  const work: {readonly from: unknown; readonly put: (value: unknown) => void}[] = [
    {
      from: value,
      put: (made) => {
        holder.value = made;
      },
    },
  ];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const {from, put} = next;
    if (from instanceof ExactNumber) put(numberToCel(from.text, texts));
    else if (typeof from === 'number') put(Number.isInteger(from) && Math.abs(from) < 1e21 ? BigInt(from) : from);
    else if (Array.isArray(from)) {
      const list: unknown[] = new Array(from.length).fill(null);
      put(list);
      from.forEach((item, position) => {
        work.push({
          from: item,
          put: (made) => {
            list[position] = made;
          },
        });
      });
    } else if (typeof from === 'object' && from !== null) {
      const object: Record<string, unknown> = Object.create(null);
      put(object);
      for (const [key, member] of Object.entries(from)) {
        object[key] = null;
        work.push({
          from: member,
          put: (made) => {
            object[key] = made;
          },
        });
      }
    } else put(from ?? null);
  }
  return holder.value;
}

/** What CEL can return and JSON cannot hold. */
export class NotJson extends Error {}

const maxDepth = 1_000;

/** A result of CEL as exact JSON text: BigInt and the numbers in `texts` keep every digit, times are ISO 8601. */
export function celToText(result: unknown, texts: NumberTexts): string {
  const convert = (value: unknown, depth: number): Json => {
    if (depth > maxDepth) throw new NotJson(`the result is nested deeper than ${maxDepth} levels`);
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'bigint':
        return new ExactNumber(String(value));
      case 'number': {
        const text = texts.get(value);
        if (text !== undefined) return new ExactNumber(text);
        return Number.isFinite(value) ? value : null;
      }
      default:
        break;
    }
    if (value === null) return null;
    if (value instanceof Date) return value.toISOString();
    if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
    if (Array.isArray(value) || value instanceof Set) return [...value].map((item) => convert(item, depth + 1));
    if (value instanceof Map || isPlain(value)) {
      const object: Record<string, Json> = Object.create(null);
      const entries = value instanceof Map ? value.entries() : Object.entries(value);
      for (const [key, member] of entries) object[String(key)] = convert(member, depth + 1);
      return object;
    }
    const text = special(value);
    if (text !== undefined) return text;
    throw new NotJson('the result is neither text, number, boolean, null, list nor map');
  };
  return printExact(convert(result, 0));
}

/** CEL's uint and duration, whose classes the library does not declare. */
function special(value: unknown): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const primitive: unknown = value.valueOf();
  if (typeof primitive === 'bigint') return new ExactNumber(String(primitive));
  if (!('seconds' in value && 'nanos' in value)) return undefined;
  return `${value.seconds}.${String(value.nanos).padStart(9, '0')}`.replace(/\.?0+$/, '').concat('s');
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
