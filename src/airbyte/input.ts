import {readFile} from 'node:fs/promises';
import {configError} from '../errors.js';
import {type Json, type JsonObject, parseExact} from '../json/exact.js';

/** The text of a file that a host or a person named with `--<option>`, without a BOM. Throws a config_error. */
export async function readInput(option: 'config' | 'catalog' | 'state', file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (thrown) {
    throw configError(`--${option} ${file}: ${reason(thrown)}`, {cause: thrown});
  }
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

/** The JSON of such a file, exactly. Throws a config_error. */
export function parseInput(option: 'catalog' | 'state', file: string, text: string): Json {
  try {
    return parseExact(text);
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw configError(`--${option} ${file}: not JSON (${detail})`, {cause: thrown});
  }
}

/** null is absent everywhere in the protocol's files; so is what has another type. */
export const objectOr = (value: Json | undefined): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && isPlain(value) ? value : undefined;

export const listOr = (value: Json | undefined): readonly Json[] | undefined =>
  Array.isArray(value) ? (value as readonly Json[]) : undefined;

/** Namespace null, absent and `""` are the same stream. */
export const streamKey = (name: string, namespace: string | undefined): string =>
  namespace === undefined || namespace === '' ? name : `${namespace}\u0000${name}`;

function isPlain(value: object): value is JsonObject {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function reason(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EISDIR') return 'is a directory, not a file';
  if (code === 'EACCES') return 'this user may not read it';
  return `cannot be read (${thrown instanceof Error ? thrown.message : String(thrown)})`;
}
