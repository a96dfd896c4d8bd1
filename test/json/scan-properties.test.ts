import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {compileScan} from '../../src/json/scan.js';
import {JsonSyntaxError} from '../../src/json/syntax-error.js';
import {documents, lookUp, segments} from './documents.js';
import {accepts, NOTHING, parsed, parses, scan, texts} from './scanning.js';

describe('against JSON.parse', () => {
  const plans = fc.record({
    records: fc.option(segments, {nil: undefined}),
    fields: fc.array(segments, {maxLength: 4}),
    facts: fc.oneof(fc.array(segments, {maxLength: 4}), fc.array(segments, {minLength: 9, maxLength: 40})),
  });

  test('spans of records, fields and facts are the values at their paths, duplicates, escapes and blanks included', () => {
    fc.assert(
      fc.property(documents, plans, (text, plan) => {
        const found = scan(text, plan);
        const root: unknown = JSON.parse(text);
        expect(JSON.parse(found.bytes.toString('utf8', found.start, found.end))).toEqual(root);
        expect(texts(found, found.facts).map(parsed)).toEqual(plan.facts.map((path) => lookUp(root, path)));

        const at = plan.records === undefined ? undefined : lookUp(root, plan.records);
        const value = at?.value;
        const isObject = typeof value === 'object' && value !== null;
        const records: readonly unknown[] = Array.isArray(value) ? value : isObject ? [value] : [];
        expect(found.found === 'missing').toBe(at === undefined);
        expect(found.count).toBe(records.length);
        expect(texts(found, found.spans).map(parsed)).toEqual(records.map((record) => ({value: record})));
        expect(found.fields.map((spans) => texts(found, spans).map(parsed))).toEqual(
          plan.fields.map((path) => records.map((record) => lookUp(record, path))),
        );
      }),
      {numRuns: 2000},
    );
  });

  test('mutated documents are accepted exactly when JSON.parse accepts them', () => {
    const characters = fc.constantFrom(...'{}[]:,"\\ \n\t0-+.eE1utrfnNI/\u0001\u00a0x');
    fc.assert(
      fc.property(documents, fc.nat(), fc.nat({max: 2}), characters, plans, (text, where, cut, character, plan) => {
        const at = where % (text.length + 1);
        const mutated = (text.slice(0, at) + character + text.slice(at + cut)).toWellFormed();
        expect(accepts(mutated)).toBe(parses(mutated));
        expect(accepts(mutated, plan)).toBe(parses(mutated));
      }),
      {numRuns: 3000},
    );
  });

  test('arbitrary text is accepted exactly when JSON.parse accepts it', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"a"',
      '"',
      '\\',
      '1',
      '-',
      '.',
      'e',
      'true',
      'null',
      ' ',
      '0',
    );
    fc.assert(
      fc.property(fc.array(piece, {maxLength: 8}), (pieces) => {
        const text = pieces.join('');
        expect(accepts(text)).toBe(parses(text));
      }),
      {numRuns: 3000},
    );
  });

  test('a document inside a larger buffer is read and changed only there', () => {
    fc.assert(
      fc.property(documents, fc.constantFrom('', '"', '\\"', '7', '\n', '}', ',"a":1'), (text, beside) => {
        const inner = Buffer.from(text);
        const bytes = Buffer.from(`${beside}${text}${beside}`);
        const start = Buffer.byteLength(beside);
        const {start: from, end: to} = compileScan(NOTHING)(bytes, start, start + inner.length);
        expect(JSON.parse(bytes.toString('utf8', from, to))).toEqual(JSON.parse(text));
        expect(bytes.toString('utf8', 0, start)).toBe(beside);
        expect(bytes.toString('utf8', start + inner.length)).toBe(beside);
      }),
    );
  });

  test('a cut document is refused, whatever stands behind the cut', () => {
    fc.assert(
      fc.property(documents, fc.nat(), plans, (text, where, plan) => {
        const cut = text.slice(0, where % text.length).toWellFormed();
        const bytes = Buffer.from(`${cut}${text.slice(cut.length)}`);
        const end = Buffer.byteLength(cut);
        for (const scanner of [compileScan(NOTHING), compileScan(plan)]) {
          const run = () => scanner(bytes, 0, end);
          if (parses(cut)) {
            expect(run().end).toBeLessThanOrEqual(end);
          } else {
            expect(run).toThrow(JsonSyntaxError);
          }
        }
      }),
      {numRuns: 1000},
    );
  });
});
