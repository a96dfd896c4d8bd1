import {describe, expect, test} from 'vitest';
import {attempt, run, serve, source} from '../dlt/run.js';
import {json} from '../support/api-server.js';
import {runSource} from '../support/run-source.js';

/** Reads one answer. */
async function read(body: unknown, endpoint: object = {}) {
  await using api = await serve(() => json(body));
  return await attempt(api, source(api, [{name: 'things', endpoint: {path: 'v1/things', ...endpoint}}]));
}

describe('a selector that misses', () => {
  test.each(['', 'null', ' \n'])('an empty body %j is an empty page, even where a match is required', async (body) => {
    const {errors, records} = await read(body, {data_selector: 'data', data_selector_required: true});
    expect([errors, records()]).toEqual(['', []]);
  });

  test.each([
    {items: [{id: 1}]},
    {result: {results: [{id: 1}]}},
    {things: [{id: 1}]},
    {Lists_: [{id: 1}]},
    {LIST: [{id: 1}]},
  ])('is an error that lists what is there: %j', async (body) => {
    const {errors, code} = await read(body, {data_selector: 'list'});
    expect(code).toBe(1);
    expect(errors).toContain('list');
    expect(errors).toMatch(/data_selector_required/);
  });

  test.each([{other: [{id: 1}]}, {items: []}, {items: [1, 2]}, {count: 0}, {items: null}])(
    'is an empty page with a notice: %j',
    async (body) => {
      const {errors, notices, warnings} = await read(body, {data_selector: 'list'});
      expect(errors).toBe('');
      expect(notices).toMatch(/matches nothing/);
      expect(warnings).toMatch(/matched nothing in any page/);
    },
  );

  test('in check any list of objects makes it an error', async () => {
    await using api = await serve(() => json({other: [{id: 1}]}));
    const config = source(api, [{name: 'a', endpoint: {data_selector: 'list'}}]);
    const {messages} = await runSource(['check', '--config', config]);
    expect(JSON.stringify(messages.answers())).toMatch(/FAILED.*other/);
  });

  test('of a path with a wildcard only the part before it has to match', async () => {
    const none = await read({data: [{y: 1}], items: [{id: 1}]}, {data_selector: 'data[*].x'});
    expect([none.errors, none.records()]).toEqual(['', []]);
    const missed = await read({items: [{x: {id: 1}}]}, {data_selector: 'data[*].x'});
    expect(missed.code).toBe(1);
  });

  test.each<[string, RegExp]>([
    ['items[*].idd', /none of 2 elements under items matches; the first has the keys id, user; did you mean id\?/],
    ['items[*].user.nmae', /did you mean name\?/],
    ['items..typo', /matched nothing in any page.*the keys id, user/],
  ])('%s passes rows and matches none of them: a warning with the names that are there', async (selector, expected) => {
    const items = [{id: 1, user: {name: 'a'}}, {id: 2}];
    const {code, warnings, records} = await read({items}, {data_selector: selector});
    expect([code, records()]).toEqual([0, []]);
    expect(warnings).toMatch(expected);
    expect((await read({items}, {data_selector: selector, data_selector_required: false})).warnings).toBe('');
  });

  test('a filter that lets nothing through is a notice; one page without a match is none', async () => {
    const filtered = await read({items: [{id: 1}]}, {data_selector: 'items[?@.idd == 1]'});
    expect(filtered.warnings).toBe('');
    expect(filtered.notices).toMatch(/matched nothing in any page: none of 1 element .*did you mean id/);
    expect((await read({items: []}, {data_selector: 'items[*].x'})).warnings).toBe('');
    const bodies = [{items: [{x: {id: 1}}], next: 'b'}, {items: [{y: 2}]}];
    await using api = await serve((_, index) => json(bodies[index]));
    const paginator = {type: 'cursor', cursor_path: 'next', cursor_param: 'c'};
    const some = await run(api, source(api, [{name: 'a', endpoint: {data_selector: 'items[*].x', paginator}}]));
    expect([some.values('id'), some.warnings]).toEqual([[1], '']);
  });

  test('data_selector_required true makes every miss an error, false none', async () => {
    expect((await read({other: 1}, {data_selector: 'list', data_selector_required: true})).code).toBe(1);
    const never = await read({items: [{id: 1}]}, {data_selector: 'list', data_selector_required: false});
    expect([never.code, never.records()]).toEqual([0, []]);
  });

  test('matched once, later pages may lack it without a warning', async () => {
    await using api = await serve((_, index) => json(index === 0 ? {data: [{id: 1}], next: 'x'} : {}));
    const paginator = {type: 'cursor', cursor_path: 'next', cursor_param: 'c'};
    const {warnings, values} = await run(api, source(api, [{name: 'a', endpoint: {data_selector: 'data', paginator}}]));
    expect(values('id')).toEqual([1]);
    expect(warnings).toBe('');
  });
});

describe('a walk that ends at a page without what the selector found before', () => {
  const cursor = {type: 'cursor', cursor_path: 'next', cursor_param: 'c'};
  const offset = {type: 'offset', limit: 2};
  const full = {data: [{id: 1}, {id: 2}], next: 'x'};

  async function ending(last: object, paginator: object, endpoint: object = {}, first: object = full) {
    await using api = await serve((_, index) => json(index === 0 ? first : last));
    return await run(api, source(api, [{name: 'a', endpoint: {data_selector: 'data', paginator, ...endpoint}}]));
  }

  test.each<[string, object, object]>([
    ['a message', {message: 'Too many requests'}, cursor],
    ['a code with a text', {code: 40100, msg: 'slow down'}, cursor],
    ['a state of work', {status: 'processing'}, cursor],
    ['nothing at all, after a full page', {}, offset],
    ['a message, after a full page', {message: 'unavailable', total: 'x'}, offset],
  ])('is suspicious: %s', async (_, last, paginator) => {
    const {values, warnings} = await ending(last, paginator);
    expect(values('id')).toEqual([1, 2]);
    expect(warnings).toMatch(/the walk ended: .* although the page lacks data, where the pages before had 2 rows/);
    expect(warnings).toContain('data_selector_required: false');
  });

  test.each<[string, object, object, object?]>([
    ['the key is left out on the last page', {}, cursor],
    ['other keys, none of which tells of trouble', {kind: 'list', etag: 'e2', code: 0, msg: 'OK'}, cursor],
    ['the end in words', {status: 'success', message: 'No more results.'}, cursor],
    ['a flag says no more', {has_more: false, message: 'end'}, cursor],
    ['the total is reached', {total: 2}, offset],
    ['the total was reached on the page before', {}, offset, {...full, total: 2}],
    ['a flag says that this is the last', {isLast: true}, offset],
    ['after a short page', {}, {type: 'offset', limit: 3}],
  ])('is plausible: %s', async (_, last, paginator, first = full) => {
    const {values, warnings} = await ending(last, paginator, {}, first);
    expect([values('id'), warnings]).toEqual([[1, 2], '']);
  });

  test('data_selector_required: false says that it is an empty page', async () => {
    expect((await ending({}, offset, {data_selector_required: false})).warnings).toBe('');
  });
});
