import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {printExact} from '../../src/json/exact.js';
import {configurations, hasCorpus, seedFamily} from '../corpus/corpus.js';
import {understood} from '../form/meaning.js';
import {examples} from './examples.js';
import {change, places, writing} from './mutation.js';

// Every real configuration, changed in a few places: a plan or located errors, never an exception, a hang, a library's English or a
// secret. MUTATIONS=n tries n changes of each (default 2).

const rounds = Number(process.env['MUTATIONS'] ?? 2);
const secret = 'sEcReT-value-1234';

const texts: readonly {readonly name: string; readonly text: string}[] = hasCorpus
  ? [...configurations(), ...seedFamily().filter((_, index) => index % 13 === 0)].map(({name, config}) => ({
      name,
      text: printExact(config),
    }))
  : [];

/** With a secret where the collectors cut one out, and one under `secrets`. */
function withSecrets(text: string): unknown {
  const value: unknown = JSON.parse(text.replaceAll(/SECRET_PLACEHOLDER/g, secret));
  return typeof value === 'object' ? {...value, secrets: {token: secret, api_key: secret}} : value;
}

function isWell(source: {readonly value?: unknown; readonly text?: string}, value: unknown): void {
  const began = performance.now();
  const {problems, lines, plans} = understood(source);
  expect(performance.now() - began).toBeLessThan(5_000);
  const errors = problems.filter(({level}) => level === 'error');
  expect(plans === undefined).toBe(errors.length > 0);
  for (const line of lines) {
    expect(line).not.toContain('\n');
    expect(line).not.toMatch(/Invalid input|Unrecognized|\bundefined\b|\[object|TypeError|RangeError/);
  }
  // A secret that became a name stands in the path; nowhere else.
  for (const {message} of problems) expect(message).not.toContain(secret);
  for (const {path, position} of errors) expect(path.length > 0 || position !== undefined || isWhole(value)).toBe(true);
}

/** Of the whole nothing more can be said: it is empty, or no object. */
function isWhole(given: unknown): boolean {
  return typeof given !== 'object' || given === null || !('client' in given && 'resources' in given);
}

describe.runIf(texts.length > 0)('changed configurations', () => {
  test.each(texts.map(({name, text}) => [name, text]))('%s', (_, text) => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), change), {minLength: 1, maxLength: 3}),
        fc.option(writing, {nil: undefined}),
        (changes, write) => {
          const value = structuredClone(withSecrets(text));
          for (const [at, apply] of changes) {
            const all = places(value);
            const place = all[at % Math.max(all.length, 1)];
            if (place !== undefined) apply(...place, all[(at * 7 + 3) % all.length] ?? place);
          }
          isWell(write === undefined ? {value} : {text: write(value)}, value);
        },
      ),
      {numRuns: rounds},
    );
  });

  test('a key that stands twice is an error at the second', () => {
    for (const {text} of texts.filter((_, index) => index % 9 === 0)) {
      const keys = [...text.matchAll(/"(\w+)":/g)];
      const middle = keys[Math.floor(keys.length / 2)];
      const [index, key] = [middle?.index ?? 0, middle?.[1] ?? ''];
      const {lines, plans} = understood({text: `${text.slice(0, index)}"${key}":1,${text.slice(index)}`});
      expect(plans).toBeUndefined();
      expect(lines.join('\n')).toContain(`${key} duplicate key; it stands at `);
      expect(lines.join('\n')).toMatch(/^\d+:\d+ /m);
    }
  });
});

test.each(examples.map(({title, text}) => [title, text]))('lines of YAML lost, doubled, indented: %s', (_, text) => {
  const lines = text.split('\n');
  fc.assert(
    fc.property(fc.nat(lines.length - 1), fc.constantFrom('', 'twice', ' ', '\t', '    ', '- ', '# '), (at, how) => {
      const line = lines[at] ?? '';
      const changed = how === '' ? [] : how === 'twice' ? [line, line] : [`${how}${line}`];
      const {problems, plans, lines: told} = understood({text: lines.toSpliced(at, 1, ...changed).join('\n')});
      expect(plans === undefined).toBe(problems.some(({level}) => level === 'error'));
      expect(told.every((told) => !told.includes('\n'))).toBe(true);
    }),
    {numRuns: 15},
  );
});
