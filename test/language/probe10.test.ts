import {test} from 'vitest';
import {json} from '../support/api-server.js';
import {attempt, errorsOf, problemsOf, serve, source, type Resource} from '../dlt/run.js';

const show = (title: string, value: unknown) => console.log(`### ${title}`, JSON.stringify(value));
async function go(title: string, answer: (p: string, i: number, r: any) => any, endpoint: any, extra: any = {}) {
  await using api = await serve((request, i) => { const a = answer(request.path, i, request); return a?.status !== undefined || a?.body !== undefined ? a : json(a); });
  const r = await attempt(api, source(api, [{name: 'r', ...extra, endpoint}], extra.client ?? {}));
  show(title, {code: r.code, calls: r.calls.length > 8 ? r.calls.length : r.calls, sleeps: r.sleeps, types: r.messages.errors().map((e) => e.failure_type), errors: r.errors, warnings: r.warnings.split('\n'), notices: r.notices.split('\n').slice(0, 8), records: r.records('r').length, state: (r.state as any)?.at?.(-1)?.stream?.stream_state});
  return r;
}
const S = (status: number, b: any = {m: 1}, headers = {}) => json(b, {status, headers});
test('p', async () => {
  const E = (entry: any) => [errorsOf(source({url: 'https://a.example'}, [{name: 'r', endpoint: {response_actions: entry}}])), problemsOf(source({url: 'https://a.example'}, [{name: 'r', endpoint: {response_actions: entry}}]), 'warning')];
  for (const e of [[{status_code: 404, action: 'IGNORE'}], [{status_code: 0, action: 'ignore'}], [{status_code: 99, action: 'ignore'}], [{status_code: '4x', action: 'ignore'}], [{status_code: 404.5, action: 'ignore'}], [{status_code: null, action: 'ignore'}], [{content: '', action: 'ignore'}], [{json: {path: '', equals: 1}, action: 'ignore'}], [{json: {path: 'a', equals: null}, action: 'ignore'}], [{json: {path: 'a', equals: 1, exists: true}, action: 'ignore'}], [{json: {path: 'a[?', equals: 1}, action: 'ignore'}], {status_code: 404, action: 'ignore'}, [], null, [{status_code: 404, action: 'ignore', message: 'x'}], [{status_code: 404, action: 'raise', message: ''}], [{status_code: [404, 410], action: 'ignore'}]]) show(JSON.stringify(e), E(e));
});
test('q', async () => {
  const A = (...response_actions: any[]) => ({response_actions});
  await go('equals null matches null', () => S(400, {e: null}), A({json: {path: 'e', equals: null}, action: 'ignore'}));
  await go('equals null no match missing', () => S(400, {}), A({json: {path: 'e', equals: null}, action: 'ignore'}));
  await go('exists false for null', () => S(400, {e: null}), A({json: {path: 'e', exists: false}, action: 'ignore'}));
  await go('exists false for []', () => S(400, {e: []}), A({json: {path: 'e', exists: false}, action: 'ignore'}));
  await go('exists false for non-json', () => ({status: 400, body: 'oops'}), A({json: {path: 'e', exists: false}, action: 'ignore'}));
  await go('exists true for 0', () => S(400, {e: 0}), A({json: {path: 'e', exists: true}, action: 'ignore'}));
  await go('exists true for false ""', () => S(400, {e: false}), A({json: {path: 'e', exists: true}, action: 'ignore'}));
  await go('exists true for {}', () => S(400, {e: {}}), A({json: {path: 'e', exists: true}, action: 'ignore'}));
  await go('equals obj', () => S(400, {e: {b: 1, a: [1.0, 2]}}), A({json: {path: 'e', equals: {a: [1, 2], b: 1}}, action: 'ignore'}));
  await go('wildcard path equals', () => S(400, {e: [{c: 'X'}, {c: 'Y'}]}), A({json: {path: 'e[*].c', equals: 'Y'}, action: 'ignore'}));
  await go('200 ignore by content drops records', () => ({data: [{id: 1}], note: 'partial'}), A({content: 'partial', action: 'ignore'}));
  await go('200 stop on page 1', () => ({data: [{id: 1}], note: 'partial'}), A({content: 'partial', action: 'stop'}));
  await go('ignore 500: retried first', () => S(500), A({status_code: 500, action: 'ignore'}));
  await go('ignore 500 with cursor', (p, i) => i === 0 ? {data: [{id: 1, u: 5}], next: '/r2'} : S(500), {...A({status_code: 500, action: 'ignore'}), paginator: 'json_link', incremental: {cursor_path: 'u', initial_value: 0}});
  await go('ignore 404 later page json_link', (p, i) => i === 0 ? {data: [{id: 1, u: 5}], next: '/r2'} : S(404), {...A({status_code: 404, action: 'ignore'}), paginator: 'json_link', incremental: {cursor_path: 'u', initial_value: 0}});
  await go('ignore 404 later page offset', (p, i) => i === 0 ? {data: [{id: 1, u: 5}]} : S(404), {...A({status_code: 404, action: 'ignore'}), paginator: {type: 'offset', limit: 1}, incremental: {cursor_path: 'u', initial_value: 0}});
  await go('ignore 501 first page with cursor', (p, i) => S(501), {...A({status_code: 501, action: 'ignore'}), paginator: 'json_link', incremental: {cursor_path: 'u', initial_value: 0}});
  await go('ignore 501 later page offset', (p, i) => i === 0 ? {data: [{id: 1, u: 5}]} : S(501), {...A({status_code: 501, action: 'ignore'}), paginator: {type: 'offset', limit: 1}, incremental: {cursor_path: 'u', initial_value: 0}});
  await go('ignore 200 later offset by content', (p, i) => i === 0 ? {data: [{id: 1, u: 5}]} : {data: [{id: 2, u: 7}], x: 'partial'}, {...A({content: 'partial', action: 'ignore'}), paginator: {type: 'offset', limit: 1}, incremental: {cursor_path: 'u', initial_value: 0}});
  await go('stop 429 not retried later', (p, i) => i === 0 ? {data: [{id: 1, u: 5}], next: '/r2'} : S(429), {...A({status_code: 429, action: 'stop'}), paginator: 'json_link', incremental: {cursor_path: 'u', initial_value: 0}});
  await go('raise 429', () => S(429), A({status_code: 429, action: 'raise', message: 'slow'}));
  await go('raise 503', () => S(503), A({status_code: '5xx', action: 'raise', message: 'down'}));
  await go('raise 501', () => S(501), A({status_code: '5xx', action: 'raise', message: 'down'}));
  await go('raise without message', () => S(404), A({status_code: 404, action: 'raise'}));
  await go('retry 404 exhausted', () => S(404), A({status_code: 404, action: 'retry', message: 'not ready'}));
  await go('retry 404 with Retry-After', (p, i) => i < 2 ? S(404, {}, {'retry-after': '7'}) : [{id: 1}], A({status_code: 404, action: 'retry'}));
  await go('status_codes first: 404 stop', (p, i) => S(404), {...A({status_code: 404, action: 'raise', message: 'gone'}), retry: {status_codes: [404], max_retries: 1}});
  await go('403 retry-after', (p, i) => i === 0 ? S(403, {}, {'retry-after': '9'}) : [{id: 1}], {});
  await go('403 remaining 0', (p, i) => i === 0 ? S(403, {}, {'x-ratelimit-remaining': '0'}) : [{id: 1}], {});
  await go('403 remaining 5', (p, i) => i === 0 ? S(403, {}, {'x-ratelimit-remaining': '5'}) : [{id: 1}], {});
  await go('403 retry-after, but ignore', (p, i) => i === 0 ? S(403, {}, {'retry-after': '9'}) : [{id: 1}], A({status_code: 403, action: 'ignore'}));
  await go('403 retry-after, but raise', (p, i) => i === 0 ? S(403, {}, {'retry-after': '9'}) : [{id: 1}], A({status_code: 403, action: 'raise', message: 'no'}));
});
test('r', async () => {
  for (const b of [{ok: false}, {ok: 0}, {ok: 'false'}, {ok: null}, {success: false}, {success: 0}, {errors: []}, {errors: {}}, {errors: ''}, {errors: null}, {errors: 0}, {errors: false}, {errors: 'x'}, {errors: 1}, {errors: [null]}, {errors: true}, {error: true}, {error: ''}, {error: {code: 1}}, {Error: 'x'}])
    await go(`2xx empty ${JSON.stringify(b)}`, () => ({...b, data: []}), {data_selector: 'data'});
  for (const b of [{ok: false}, {errors: ['x']}, {error: 'x'}])
    await go(`2xx with records ${JSON.stringify(b)}`, () => ({...b, data: [{id: 1}]}), {data_selector: 'data'});
  await go('2xx root', () => ({id: 1, error: 'x'}), {data_selector: '$'});
  await go('2xx root no selector', () => ({id: 1, error: 'x'}), {});
  await go('2xx root key', () => ({id: 1, error: 'x'}), {}, {primary_key: 'id'});
  await go('2xx records under errors', () => ({errors: [{id: 1}]}), {data_selector: 'errors'});
  await go('2xx records under errors + ok false', () => ({ok: false, errors: [{id: 1}]}), {data_selector: 'errors'});
  await go('2xx records under error.items', () => ({error: {items: [{id: 1}]}}), {data_selector: 'error.items'});
  await go('2xx with records, entry ignore', () => ({ok: false, data: [{id: 1}]}), {data_selector: 'data', response_actions: [{json: {path: 'ok', equals: false}, action: 'ignore'}]});
  await go('2xx later page', (p, i) => i === 0 ? {data: [{id: 1}], next: '/n'} : {errors: ['boom'], data: null}, {data_selector: 'data', paginator: 'json_link'});
  await go('list body', () => [{id: 1, error: 'x', ok: false}], {});
  await go('204', () => ({status: 204, body: ''}), {});
});
