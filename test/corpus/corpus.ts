import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {isJsonObject} from '../../src/config/schema/values.js';
import type {JsonObject} from '../../src/json/exact.js';
import {parseExact} from '../../src/json/exact.js';

/** A real configuration, and what is expected of it. */
export interface Entry {
  readonly name: string;
  readonly config: JsonObject;
  readonly text: string;
  /** `expected` of sources.tsv, and dlt's own verdict. */
  readonly expected: string;
  readonly dlt: 'ACCEPT' | 'REJECT';
  readonly kind: string;
}

const folder = fileURLToPath(new URL('../../../shared/corpus/', import.meta.url));

/** Whether the shared corpus lies beside the repository. */
export const hasCorpus: boolean = existsSync(`${folder}sources.tsv`) && existsSync(`${folder}seed-family.jsonl`);

function entry(name: string, text: string, facts: Omit<Entry, 'name' | 'config' | 'text'>): Entry {
  const config = parseExact(text);
  if (!isJsonObject(config)) throw new Error(`${name} is no object`);
  return {name, text, config, ...facts};
}

/** configs/*.json with their line of sources.tsv. */
export function configurations(): Entry[] {
  const [head, ...lines] = readFileSync(`${folder}sources.tsv`, 'utf8').trimEnd().split('\n');
  const names = (head ?? '').split('\t');
  const facts = new Map(
    lines.map((line) => {
      const cells = line.split('\t');
      const cell = (name: string) => cells[names.indexOf(name)] ?? '';
      return [
        cell('file'),
        {expected: cell('expected'), dlt: cell('dlt_verdict') === 'ACCEPT' ? 'ACCEPT' : 'REJECT', kind: cell('kind')},
      ] as const;
    }),
  );
  return readdirSync(`${folder}configs`)
    .sort()
    .map((name) => {
      const known = facts.get(name);
      if (known === undefined) throw new Error(`${name} is not in sources.tsv`);
      return entry(name, readFileSync(`${folder}configs/${name}`, 'utf8'), known);
    });
}

/** The 778 configurations of the brief's family. */
export function seedFamily(): Entry[] {
  return readFileSync(`${folder}seed-family.jsonl`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line, index) => {
      const parsed = parseExact(line);
      const config = isJsonObject(parsed) ? parsed['config'] : undefined;
      const path = isJsonObject(parsed) ? String(parsed['path']) : '';
      if (config === undefined || !isJsonObject(config)) throw new Error(`line ${index + 1} has no config`);
      return {name: `${index + 1} ${path}`, text: line, config, expected: 'ACCEPT', dlt: 'ACCEPT', kind: 'seed'};
    });
}
