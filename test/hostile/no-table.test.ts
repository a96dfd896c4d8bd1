import {expect, test} from 'vitest';
import {attempt, type Run, source} from '../dlt/run.js';
import {type Reply, startApi} from '../support/api-server.js';

const csv: Reply = {body: 'id,a\n1,x\n2,y\n', headers: {'content-type': 'text/csv'}};
const answer = (body: string, type: string): Reply => ({body, headers: {'content-type': type}});
const pending = answer('{"status":"PENDING"}', 'application/json');

/** One stream whose answers come one after another, the last one again and again. */
async function read(answers: readonly Reply[], endpoint: object): Promise<Run> {
  await using api = await startApi({'/a': (_, index) => answers[Math.min(index, answers.length - 1)] ?? csv});
  return await attempt(api, source(api, [{name: 'a', endpoint: {paginator: 'single_page', ...endpoint}}]));
}

const table = {response: {format: 'csv'}};

test.each<[string, Reply, string, string]>([
  [
    'JSON',
    pending,
    'transient_error',
    'JSON came back instead of CSV: write response: {format: json} if it is the data',
  ],
  [
    'JSON under the label of a table',
    answer(' [\n{"id":1}]\n', 'text/csv'),
    'transient_error',
    'JSON came back instead of CSV',
  ],
  [
    'JSON that reports an error',
    answer('{"status":"x","error":"the report does not exist"}', 'application/json'),
    'config_error',
    'The answer reports an error in "error"',
  ],
  [
    'a login',
    answer('<!DOCTYPE html>\n<html><title>Log in</title>\n<p>please\n', 'text/html'),
    'transient_error',
    'an HTML page titled "Log in" came back instead of CSV',
  ],
  ['XML', answer('<?xml version="1.0"?>\n<a/>', 'text/xml'), 'config_error', 'XML came back instead of CSV'],
])('%s is no table, though it could be cut into cells', async (_, reply, type, text) => {
  const run = await read([reply], table);
  expect(run.errors).toContain('a: ');
  expect(run.errors.toLowerCase()).toContain(text.toLowerCase());
  expect(run.messages.errors().map(({failure_type}) => failure_type)).toEqual([type]);
  expect(run.records()).toEqual([]);
  expect(run.code).toBe(1);
});

test('more columns than a table has are an error at once: asking again would not help', async () => {
  const run = await read([answer(`${'a,'.repeat(20_001)}b\n`, 'text/csv')], table);
  expect(run.errors).toContain('has 20002 columns, more than 20000: check delimiter');
  expect([run.requests.length, run.messages.errors()[0]?.failure_type]).toEqual([1, 'config_error']);
});

test('what only begins like JSON or HTML is a table', async () => {
  const run = await read([answer('[id],<b>\n{1},2\n', 'text/csv')], table);
  expect(run.records()).toEqual([{'[id]': '{1}', '<b>': '2'}]);
});

test.each([
  ['[1]\n[2]\n[3]\n', [{'[1]': '[2]'}, {'[1]': '[3]'}]],
  ['{"a":1}\n{"a":2}\nx\n', [{'{"a":1}': '{"a":2}'}, {'{"a":1}': 'x'}]],
])('a table of which the beginning is JSON keeps its rows: %j', async (body, rows) => {
  expect((await read([answer(body, 'text/csv')], table)).records()).toEqual(rows);
});

test('JSON under the label of a table is read as what it is where no format is written', async () => {
  const run = await read([answer('{"data":[{"id":1}]}\n', 'text/csv')], {});
  expect(run.records()).toEqual([{id: 1}]);
});

const retry = {response_actions: [{json: {path: 'status', equals: 'PENDING'}, action: 'retry'}]};

test.each([
  ['csv', csv, ['1', '2']],
  ['jsonl', answer('{"id":1}\n{"id":2}\n', 'application/x-ndjson'), [1, 2]],
])('an export that is not ready yet is asked for again: %s', async (format, ready, ids) => {
  const run = await read([pending, pending, ready], {response: {format}, ...retry});
  expect(run.values('id')).toEqual(ids);
  expect(run.requests).toHaveLength(3);
});

test('a row with a member called error is a row', async () => {
  const run = await read([answer('{"id":1,"error":"x"}\n', 'application/x-ndjson')], {response: {format: 'jsonl'}});
  expect(run.records()).toEqual([{id: 1, error: 'x'}]);
});

test('content is looked for in the characters that the server sends', async () => {
  const body = Buffer.from('Keine Einträge', 'latin1');
  const empty: Reply = {status: 404, body, headers: {'content-type': 'text/plain; charset=iso-8859-1'}};
  const run = await read([empty], {response_actions: [{content: 'Keine Einträge', action: 'ignore'}]});
  expect([run.code, run.errors]).toEqual([0, '']);
});
