import {describe, expect, test} from 'vitest';
import {run, serve, source} from '../dlt/run.js';
import {json, type Recorded} from '../support/api-server.js';

type Answer = (request: Recorded) => unknown;

const child = {name: 'c', endpoint: 'c/{resources.p.id}/z'};

describe('one read of the parent', () => {
  const updated = (day: number) => `2025-01-0${day}T00:00:00Z`;
  const parent = {
    name: 'p',
    endpoint: {path: 'p', incremental: {cursor_path: 'u', initial_value: updated(1), start_param: 'since'}},
  };
  const answer: Answer = ({path, query}) => {
    if (path !== '/p') return [{at: path}];
    return [1, 2, 3].map((id) => ({id, u: updated(id)})).filter(({u}) => u >= (query.get('since') ?? ''));
  };

  test('from initial_value, for child and own stream; the own rows below its start are dropped', async () => {
    await using api = await serve((request) => json(answer(request)));
    const config = source(api, [parent, {...child, parent_incremental: false}]);
    const first = await run(api, config);
    const second = await run(api, config, {after: first});
    expect(second.calls).toEqual([`/p?since=${encodeURIComponent(updated(1))}`, '/c/1/z', '/c/2/z', '/c/3/z']);
    expect([second.values('id', 'p'), second.records('c').length]).toEqual([[], 3]);
    expect(second.notices).not.toContain('parent_incremental');
  });

  test('parent_incremental unset beside a parent with a cursor: a notice counts the requests; true: changed ones only', async () => {
    await using api = await serve((request) => json(answer(request)));
    const unset = await run(api, source(api, [parent, child]));
    expect(unset.notices).toMatch(/^c: 3 requests for 3 parents, .*p has a cursor.*parent_incremental: true/m);
    const config = source(api, [parent, {...child, parent_incremental: true}]);
    const first = await run(api, config);
    const second = await run(api, config, {after: first});
    expect(second.calls.filter((call) => call.startsWith('/c'))).toEqual(['/c/3/z']);
    expect(second.notices).not.toContain('parent_incremental');
    const plain = await run(api, source(api, ['p', child]));
    expect(plain.notices).not.toContain('parent_incremental');
  });

  test('where all parents were finished before, nothing is said of their fields', async () => {
    const within = {
      cursor_path: 'at',
      initial_value: '2025-01-01',
      end_value: '2025-02-01',
      start_param: 'a',
      end_param: 'b',
    };
    const included = {...child, include_from_parent: ['id'], endpoint: {path: child.endpoint, incremental: within}};
    await using api = await serve(({path}) => json(path === '/p' ? [{id: 1}] : [{at: '2025-01-03T00:00:00Z'}]));
    const config = source(api, ['p', included]);
    const first = await run(api, config);
    const second = await run(api, config, {after: first});
    expect(second.notices).not.toContain('include_from_parent');
  });

  test('parent_incremental over two levels: nobody asks for the parents from their start', async () => {
    await using api = await serve((request) =>
      json(request.path === '/p' ? answer(request) : [{id: Number(request.path.split('/')[2])}]),
    );
    const below = {name: 'd', parent_incremental: true, endpoint: 'd/{resources.c.id}/z'};
    const config = source(api, [parent, {...child, parent_incremental: true}, below]);
    const first = await run(api, config);
    const second = await run(api, config, {after: first});
    const asked = second.calls.filter((call) => call.startsWith('/p'));
    expect(new Set(asked)).toEqual(new Set([`/p?since=${encodeURIComponent(updated(3))}`]));
    expect(second.calls.filter((call) => call.startsWith('/d'))).toHaveLength(1);
  });
});
