import {expect, test} from 'vitest';
import {errorsOf, run, serve, source} from '../dlt/run.js';
import {json} from '../support/api-server.js';

test.each(['{vars.start}', "{{ config['start'] }}", '{secrets.s}'])('%s is no start and no end', (text) => {
  for (const key of ['initial_value', 'end_value']) {
    const incremental = {cursor_path: 'n', initial_value: '2024-01-01', [key]: text};
    const config = source({url: 'https://api.example.com'}, [{name: 'a', endpoint: {incremental}}]);
    expect(errorsOf(config)).toEqual([expect.stringContaining(`incremental.${key} holds a placeholder`)]);
  }
});

test.each([
  [{}, 'rows that get a value below 90 while the sync runs are missed'],
  [{last_value_func: 'min'}, 'rows that get a value above 80 while the sync runs are missed'],
])('of a cursor that is no time it is said which rows are missed: %j', async (more, text) => {
  await using api = await serve(() => json([{n: 90}, {n: 80}]));
  const incremental = {cursor_path: 'n', initial_value: 85, ...more};
  const {notices} = await run(api, source(api, [{name: 'a', endpoint: {paginator: 'single_page', incremental}}]));
  expect(notices).toContain(text);
});
