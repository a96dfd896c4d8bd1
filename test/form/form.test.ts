import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {parse} from 'yaml';
import {examples} from '../config/examples.js';
import {filledForm, marker} from './filling.js';
import {meaning, type Understood, understood} from './meaning.js';
import {saved} from './saved.js';
import {isObject, refused, specification} from './specification.js';

const declared = new Set(Object.keys(specification.properties ?? {}));

/** What holds for whatever a form sends: a plan, or errors at its fields, without English of a library and without a secret. */
function isWell({problems, lines, plans}: Understood): void {
  const errors = problems.filter(({level}) => level === 'error');
  expect(plans === undefined).toBe(errors.length > 0);
  for (const {path} of errors) expect(declared).toContain(String(path[0]));
  for (const line of lines) {
    expect(line).not.toMatch(/Invalid input|Unrecognized|undefined|\[object|\bat .*:\d+:\d+\)?$/);
    expect(line).not.toContain(marker);
    expect(line).not.toContain('\n');
  }
}

describe('what a form sends', () => {
  test('at its examples validates, and most of it runs', () => {
    let forms = 0;
    let running = 0;
    fc.assert(
      fc.property(filledForm(false), (form) => {
        expect(refused(form)).toBeUndefined();
        const result = understood({value: form});
        isWell(result);
        forms++;
        if (result.plans !== undefined) running++;
      }),
      {numRuns: 120},
    );
    expect(running).toBeGreaterThan(forms / 2);
  });

  test('with odd texts validates, and runs or has errors at its fields', () => {
    fc.assert(
      fc.property(filledForm(true), fc.boolean(), (form, asText) => {
        expect(refused(form)).toBeUndefined();
        isWell(understood(asText ? {text: JSON.stringify(form)} : {value: form}));
      }),
      {numRuns: 120},
    );
  });

  test('means the same once it was saved', async () => {
    let same = 0;
    await fc.assert(
      fc.asyncProperty(fc.boolean().chain(filledForm), fc.boolean(), async (form, emptied) => {
        const kept = saved(specification, form, emptied) ?? {};
        expect(refused(kept)).toBeUndefined();
        const [before, after] = [understood({value: form}), understood({value: kept})];
        expect(after.lines).toEqual(before.lines);
        if (before.plans === undefined) return;
        expect(await meaning(after)).toEqual(await meaning(before));
        same++;
      }),
      {numRuns: 120},
    );
    expect(same).toBeGreaterThan(25);
  });

  test('with what another branch had, or nobody declared, is told before and gone after the save', () => {
    const form = {
      base_url: 'https://a.example',
      auth: {type: 'bearer', token: 'a-token', username: 'left over'},
      streams: [{name: 'a', columns: {id: {data_type: 'text'}}, pagination: {type: 'offset', cursor_path: 'x'}}],
      theme: 'dark',
    };
    expect(understood({value: form}).lines).toEqual([
      'auth.username unknown key (there are type, token)',
      expect.stringContaining('streams[0].pagination.cursor_path unknown key (there are type, limit, '),
      expect.stringContaining('streams[0].columns unknown key (there are name, path, '),
      'theme unknown key',
    ]);
    const kept = saved(specification, form, true);
    expect(understood({value: kept}).lines).toEqual([]);
  });
});

describe('the document through the save of a form', () => {
  test.each(examples.map(({title, text}) => [title, text]))('%s', async (_, text) => {
    const document: unknown = parse(text);
    const kept = saved(specification, document, true);
    expect(refused(kept)).toBeUndefined();
    expect(await meaning(understood({value: kept}))).toEqual(await meaning(understood({value: document})));
  });

  test.each(examples.map(({title, text}) => [title, text]))(
    'as text, indented by who pasted it: %s',
    async (_, text) => {
      const indented = text.replaceAll(/^(?=.)/gm, '   ');
      const sent = {config: indented, secrets: '  token: a-token\n  password: pass-word\n  client_secret: secret'};
      const kept = saved(specification, sent, true);
      if (!isObject(kept)) throw new Error('nothing is left');
      expect(String(kept['config'])).toMatch(/^\S/);
      expect(await meaning(understood({value: kept}))).toEqual(await meaning(understood({value: sent})));
      expect(understood({value: kept}).plans?.size).toBeGreaterThan(0);
    },
  );
});
