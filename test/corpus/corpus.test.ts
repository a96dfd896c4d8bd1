import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {configurations, type Entry, hasCorpus, seedFamily} from './corpus.js';
import {type FakeApi, startFakeApi} from './fake-api.js';
import {open, readCompletely} from './gate.js';
import {withOpenValues} from './open-values.js';
import {shapeOf} from './shape.js';
import {worlds} from './worlds.js';

/** dlt takes them when the source is built, and fails at the request or cannot say what they mean. */
const stricter: Readonly<Record<string, RegExp>> = {
  '055_it_form_data_body.json': /^resources\[0\]\.endpoint\.data stands beside json/,
};

const invalid: Readonly<Record<string, RegExp>> = {
  '062_invalid_api_key_shorthand_missing_key.json': /^client\.auth\.api_key is missing/,
  '063_invalid_unknown_client_key.json': /^client\.invalid_key unknown key/,
  '064_invalid_unknown_paginator.json': /^client\.paginator unknown paginator/,
  '065_invalid_parent_not_found.json':
    /^resources\[1\]\.endpoint\.params\.id .*no resource "issuess"; did you mean issues\?/,
  '066_invalid_unbound_path_param.json': /^resources\[\d\]\.endpoint\.path .*\borg\b/,
  '067_invalid_missing_resources.json': /^resources is missing/m,
  '068_invalid_missing_client.json': /^client is missing/,
};

/** What of the other dialects cannot be said, and where. */
const unsayable: Readonly<Record<string, RegExp>> = {
  '004_trustpilot_custom_paginator.json': /^resources\[1\]\.endpoint\.paginator is code.*\nresources\[2\] is code/,
  '014_openlibrary_cookie_auth_variant.json': /^client\.auth\.type .*location: cookie/,
  '025_zoom_cursor_custom_oauth_19_resources.json':
    /^client\.auth is code.*access_token_request_data.*client_auth: basic/,
  '037_docs_seed_resource.json': /^resources\[1\] is code.*records: \[\.\.\.\]/,
  '093_vibehub_intercom_manifest.json': /^resources\[5\]\.endpoint\.paginator\.type custom is code/,
  '097_vibehub_bamboo_hr_manifest.json':
    /^resources\[3\]\.endpoint\.paginator\.start_time_option .*endpoint\.incremental/,
  '104_vibehub_coingecko_coins_manifest.json': /^resources\[1\]\.incremental_sync\.end_datetime .*end_value: now/,
};

const origin = 'http://127.0.0.1:9';
const errorsOf = ({config}: Entry): string => open(withOpenValues(config, origin)).errors.join('\n');

describe.skipIf(!hasCorpus)('the 104 configurations', () => {
  const all = hasCorpus ? configurations() : [];
  const isCode = (entry: Entry): boolean => /<(?:callable|call|class)\b/.test(entry.text);

  test('what dlt accepts is accepted; code is refused where it stands', () => {
    const accepted = all.filter(({dlt}) => dlt === 'ACCEPT');
    expect(accepted).toHaveLength(78);
    for (const entry of accepted) {
      const errors = errorsOf(entry);
      if (isCode(entry))
        for (const line of errors.split('\n'))
          expect(line).toMatch(/^\w+(?:\[\d+\])?\S* is code, which does not run here: write /);
      else
        expect([entry.name, errors]).toEqual([
          entry.name,
          stricter[entry.name] === undefined ? '' : expect.stringMatching(stricter[entry.name] ?? ''),
        ]);
    }
  });

  test('the invalid ones are refused with the right path', () => {
    const entries = all.filter(({kind}) => kind === 'dlt-test-invalid');
    expect(entries.map(({name}) => name)).toEqual(Object.keys(invalid));
    for (const {name, config} of entries)
      expect([name, open(config).errors.join('\n')]).toEqual([name, expect.stringMatching(invalid[name] ?? '')]);
  });

  test('other dialects are accepted with warnings; what they cannot say here is a precise error', () => {
    const entries = all.filter(({dlt, kind}) => dlt === 'REJECT' && kind !== 'dlt-test-invalid');
    expect(entries).toHaveLength(19);
    for (const entry of entries) {
      const refused = unsayable[entry.name];
      const errors = errorsOf(entry);
      expect([entry.name, errors]).toEqual([entry.name, refused === undefined ? '' : expect.stringMatching(refused)]);
      const {warnings} = open(withOpenValues(entry.config, origin));
      const words = warnings.filter(({message}) => message.includes("another dialect's word"));
      if (refused === undefined && entry.name !== '096_vibehub_source_pokeapi_manifest.json') {
        expect([entry.name, words.length > 0 || entry.name.startsWith('086')]).toEqual([entry.name, true]);
      }
    }
  });
});

describe.skipIf(!hasCorpus)("the brief's family", () => {
  let api: FakeApi;

  beforeAll(async () => {
    api = await startFakeApi();
  });

  afterAll(async () => {
    await api[Symbol.asyncDispose]();
  });

  test('at least 98 % compile and are read completely, the rest get a precise error', {timeout: 120_000}, async () => {
    const entries = seedFamily();
    expect(entries).toHaveLength(778);
    const outcomes = new Map<string, Promise<string | undefined>>();
    const kinds = Object.values(worlds);
    const failures: string[] = [];
    let compiled = 0;
    let complete = 0;
    for (const {name, config} of entries) {
      const {ready, errors} = open(withOpenValues(config, api.url));
      if (ready === undefined) {
        for (const line of errors) expect(line).toMatch(/^(?:client|resources\[\d+\])\.\S+ .*write /);
        expect(errors.length).toBeGreaterThan(0);
        continue;
      }
      compiled += 1;
      let isComplete = true;
      for (const [stream, plan] of ready.plans) {
        if (plan.staticRecords !== undefined) continue;
        const shape = shapeOf(ready.config, plan);
        const world = kinds[outcomes.size % kinds.length];
        if (world === undefined) throw new Error('there are no worlds');
        const outcome = outcomes.get(shape) ?? readCompletely(api, ready, stream, world);
        outcomes.set(shape, outcome);
        const problem = await outcome;
        if (problem === undefined) continue;
        isComplete = false;
        failures.push(`${name} ${stream}: ${problem}`);
      }
      if (isComplete) complete += 1;
    }
    expect(failures).toEqual([]);
    expect(compiled / entries.length).toBeGreaterThanOrEqual(0.98);
    expect(complete).toBe(compiled);
  });
});
