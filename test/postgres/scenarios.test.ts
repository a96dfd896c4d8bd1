import {afterAll, beforeAll, describe, test} from 'vitest';
import {check, first} from '../destinations/check-scenario.js';
import {mergeScenarios} from '../destinations/merge-scenarios.js';
import {scenarios} from '../destinations/scenarios.js';
import {type Server, startServer} from './server.js';

describe('PostgreSQL', () => {
  let server: Server;
  let schemas = 0;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  test.each([...scenarios, ...mergeScenarios])('$name', (scenario) =>
    check(scenario, {
      name: 'PostgreSQL',
      into: () => server.url(`s${schemas++}`),
      values: async (into) =>
        first(
          await server.query(`SELECT to_json(t) ->> 'v' FROM ${new URL(into).searchParams.get('schema')}.rows AS t`),
        ),
    }),
  );
});
