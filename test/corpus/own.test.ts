import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {JsonObject} from '../../src/json/exact.js';
import {type FakeApi, startFakeApi} from './fake-api.js';
import {open, readCompletely} from './gate.js';
import {withOpenValues} from './open-values.js';
import {own} from './own.js';
import {worlds} from './worlds.js';

let api: FakeApi;

beforeAll(async () => {
  api = await startFakeApi();
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

describe.each(Object.entries(own))('%s', (_, config) => {
  test('compiles, with warnings that give the canonical spelling', () => {
    const opened = open(withOpenValues(config, api.url));
    expect(opened.errors).toEqual([]);
    for (const {message} of opened.warnings) expect(message).toMatch(/write |leave it out|in clear/);
  });

  test.each(Object.entries(worlds))('is read completely from a server that %s', async (_name, world) => {
    const {ready} = open(withOpenValues(config, api.url));
    if (ready === undefined) throw new Error('it does not compile');
    for (const [name, plan] of ready.plans) {
      if (plan.staticRecords === undefined)
        expect([name, await readCompletely(api, ready, name, world)]).toEqual([name, undefined]);
    }
  });
});

describe('the gate sees', () => {
  /** What it says of a client and a server that read the same configuration but for the endpoint. */
  const between = async (client: JsonObject, server: JsonObject): Promise<string | undefined> => {
    const [reads, speaks] = [client, server].map((endpoint) => {
      const resource = {name: 'rows', endpoint: {path: 'rows', data_selector: 'data', ...endpoint}};
      return open({client: {base_url: api.url}, resources: [resource]}).ready;
    });
    const world = worlds['caps its pages'];
    if (reads === undefined || speaks === undefined || world === undefined) throw new Error('it does not compile');
    return readCompletely(api, {config: speaks.config, plans: reads.plans}, 'rows', world);
  };
  const cursor = (path: string) => ({paginator: {type: 'cursor', cursor_path: path, cursor_param: 'cursor'}});

  test('that nothing is wrong', async () => {
    expect(await between(cursor('next'), cursor('next'))).toBeUndefined();
  });

  test('rows that are missing', async () => {
    expect(await between(cursor('other'), cursor('next'))).toMatch(/^of 7 rows 4 are missing/);
  });

  test('a walk that fails', async () => {
    expect(await between({path: 'lines'}, {})).toMatch(/^rows: GET .*\/lines answered 404/);
  });
});
