import {readFile} from 'node:fs/promises';
import {openText} from '../config/open-document.js';
import {type Json, parseExact, printExact} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import {replaceFile} from './replace-file.js';

/**
 * Puts what a CONTROL message changed (a rotated token) into the configuration file, as the platform does: only those values,
 * everything else stays byte for byte. `config`: JSON, the whole configuration. Returns why it could not be stored; else undefined.
 */
export async function storeConfig(file: string, config: string): Promise<string | undefined> {
  const wanted = parseExact(config);
  let text = await readFile(file, 'utf8');
  for (;;) {
    const document = openText(text);
    if (document.value === undefined) return `${file} cannot be read any more`;
    const change = firstChange(document.value, wanted, []);
    if (change === undefined) break;
    const next = document.replace(change.path, change.value);
    if (next === undefined || next === text) return `no place for ${change.path.join('.')} in ${file}`;
    text = next;
  }
  await replaceFile(file, text);
  return printExact(openText(text).value ?? null) === printExact(wanted)
    ? undefined
    : `${file} differs in more than texts`;
}

/** The first text that differs. */
function firstChange(
  before: Json | undefined,
  after: Json | undefined,
  path: readonly Segment[],
): {readonly path: readonly Segment[]; readonly value: string} | undefined {
  if (typeof after === 'string') return before === after ? undefined : {path, value: after};
  if (typeof before !== 'object' || before === null || typeof after !== 'object' || after === null) return undefined;
  for (const [key, value] of Object.entries(after)) {
    const segment = Array.isArray(after) ? Number(key) : key;
    const change = firstChange(member(before, key), value, [...path, segment]);
    if (change !== undefined) return change;
  }
  return undefined;
}

const member = (value: object, key: string): Json | undefined =>
  Object.hasOwn(value, key) ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined;
