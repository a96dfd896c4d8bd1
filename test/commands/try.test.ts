import {describe, expect, test} from 'vitest';
import {type Api, type Handler, json, startApi} from '../support/api-server.js';
import {desk, github, githubConfig} from './try-support.js';

const env = 'token=ghp_secret_value\n';

/** Lines without what differs from run to run. */
const stable = (lines: readonly string[], url: string) => lines.map((line) => line.replaceAll(url, 'https://api'));

describe('try', () => {
  test('requests, ends, rows, schema, state, the next run and suggestions of one stream', async () => {
    await using api = await startApi(github({limited: true}));
    const {code, lines, err} = await desk(githubConfig(api.url), env).run(['try', 'issues', '--then', '--rows', '2']);
    expect(stable(lines, api.url)).toEqual([
      'issues   https://api   auth bearer {secrets.token}   pages auto → header_link   parent repos: 2 of 2 partitions',
      ' repos.name=app  /repos/acme/app/issues',
      expect.stringMatching(/^ {2}# {2}request +status +ms +size +rows {2}next$/),
      expect.stringMatching(/^ {2}1 {2}GET \?state=all&per_page=100 +200 +\d+ +17 kB +100 {2}Link rel=next → page=2$/),
      expect.stringMatching(
        /^ {2}2 {2}GET \?state=all&per_page=100&page=2 +200 +\d+ +17 kB +100 {2}Link rel=next → page=3$/,
      ),
      expect.stringMatching(/^ {2}3 {2}GET \?state=all&per_page=100&page=3 +200 +\d+ +5\.4 kB +31 {2}–$/),
      '  ended: no next link. complete: 231 rows',
      ' repos.name=web  /repos/acme/web/issues',
      expect.stringMatching(
        /^ {2}1 {2}GET \?state=all&per_page=100 +403 +\d+ +23 B +– {2}waited 12 s \(Retry-After\), then 200, 0 rows$/,
      ),
      '  ended: one page: no link, token or total of pages is known on it. complete: 0 rows',
      'rows (2 of 231)',
      '         id  number  state  title    user.login  closed_at  milestone  updated_at',
      ' 2304958001       1  open   Issue 1  octo                              2025-01-01T01:00:00Z',
      ' 2304958002       2  open   Issue 2  octo                              2025-01-01T02:00:00Z',
      'schema                            null  notes',
      ' id          integer                0 %  unique: can be the key',
      ' number      integer                0 %  unique: can be the key',
      ' state       string                 0 %',
      ' title       string                 0 %',
      ' user        object                 0 %',
      ' closed_at   timestamp with zone   67 %',
      ' milestone   string               100 %  only null seen: declared as nullable string',
      ' updated_at  timestamp with zone    0 %  cursor',
      expect.stringMatching(
        /^state it would save {3}\{"v":1,"boundary":\{"[\w-]+":1\},"partitions":\{"by":\["name"\],"path":"updated_at","cursors":\[\["app","2025-01-10T15:00:00Z"\]\]\}\}$/,
      ),
      'suggestions  → try issues --apply 1 2 3',
      '  1 primary_key: id',
      '  2 paginator: header_link',
      '  3 row_order: asc (if the API promises it)',
      '--then: the next run would send since=2025-01-10T15:00:00Z → 1 row (the boundary row again)',
    ]);
    expect([code, err]).toEqual([0, '']);
  });

  test('--apply writes suggestions and keeps the rest; the next run has none', async () => {
    await using api = await startApi(github());
    const config = githubConfig(api.url);
    const at = desk(config, env);
    const first = await at.run(['try', 'issues', '--apply', '1', '2']);
    expect(first.lines.slice(-3)).toEqual([
      'written into acme.yaml',
      '  issues: primary_key: id',
      '  issues: paginator: header_link',
    ]);
    expect(at.text()).toBe(
      config.replace(
        '      incremental: {cursor_path: updated_at}\n',
        '      incremental: {cursor_path: updated_at}\n      paginator: header_link\n    primary_key: id\n',
      ),
    );
    await at.run(['try', 'issues', '--apply']);
    expect(at.text()).toContain('incremental: {cursor_path: updated_at, row_order: asc}');
    const again = await at.run(['try', 'issues']);
    expect(again.out).not.toContain('suggestions');
    const wrong = await at.run(['try', 'issues', '--apply', '1']);
    expect([wrong.code, wrong.err]).toEqual([2, '--apply 1: there are no suggestions\n']);
  });

  test('--apply gives a resource and an endpoint in short form a place for what is new', async () => {
    await using api = await startApi({'/posts': () => json({data: [{id: 1}, {id: 2}]})});
    const at = desk(`client: {base_url: "${api.url}"}\nresources:\n  - posts  # all\n`);
    await at.run(['try', '--apply']);
    expect(at.text()).toContain('  - {name: posts, primary_key: id, endpoint: {data_selector: data}}  # all\n');
  });

  test('--all: a line per stream, and 3 where some fail', async () => {
    await using api = await startApi(github());
    const {code, lines} = await desk(githubConfig(api.url), env).run(['try', '--all', '--pages', '2']);
    expect(lines.map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
      ' stream  status  requests  rows  ended  key  cursor  problem',
      ' repos  ok  1  2  one page  id  –',
      ' issues  ok  3  200  stopped by --pages 2; more follow, one page  –  updated_at  no primary key: rows will be appended',
      ' labels  failed  1  –  –  –  –  404 /repos/acme/app/label (resources[2].endpoint.path)',
      expect.stringMatching(/^ ✘ labels: GET .* answered 404/),
      '2 of 3 work.',
    ]);
    expect(code).toBe(3);
  });

  test('limits are ends of their own, and nothing is sent beyond them', async () => {
    const rows = (count: number) => Array.from({length: count}, (_, k) => ({id: k}));
    await using api = await startApi({
      '/a': ({query}) => {
        const offset = Number(query.get('offset'));
        return json({total: 1_000, data: offset < 1_000 ? rows(10).map(({id}) => ({id: id + offset})) : []});
      },
    });
    const at = desk(`client: {base_url: "${api.url}"}
resources: [{name: a, endpoint: {paginator: {type: offset, limit: 10, total_path: total}}}]\n`);
    const pages = await at.run(['try', 'a', '--pages', '2']);
    expect(pages.out).toContain('ended: stopped by --pages 2; more follow: 20 rows so far');
    expect(pages.out).toContain('state it would save, if these were all rows');
    expect(api.requests.map(({target}) => target)).toEqual(['/a?offset=0&limit=10', '/a?offset=10&limit=10']);
    const records = await at.run(['try', 'a', '--pages', '0', '--records', '35']);
    expect(records.out).toContain('ended: stopped by --records 35; more follow: 40 rows so far');
    expect(api.requests).toHaveLength(6);
    const all = await at.run(['try', 'a', '--pages', '0', '--records', '0']);
    expect(all.out).toContain('complete: 1000 rows');
    // Of many requests the first and the last.
    expect(all.lines.filter((line) => /^ +\d+ {2}GET/.test(line))).toHaveLength(12);
    expect(all.out).toMatch(/ {2}… \d+ more requests\n/);
    expect((await at.run(['try', 'a', '--pages', 'x'])).err).toBe('--pages x: must be a number from 0 up\n');
  });

  test('partitions: only so many parents are read, at three levels too', async () => {
    await using api = await startApi(({path}) =>
      path === '/orgs'
        ? json([{id: 1}, {id: 2}, {id: 3}])
        : json([{id: `${path.replaceAll('/', '_')}a`}, {id: `${path.replaceAll('/', '_')}b`}]),
    );
    const at = desk(`client: {base_url: "${api.url}"}
resources:
  - orgs
  - {name: teams, endpoint: "orgs/{resources.orgs.id}/teams"}
  - {name: people, endpoint: "teams/{resources.teams.id}/people"}\n`);
    const one = await at.run(['try', 'people', '--partitions', '1']);
    expect(one.out).toContain('parent teams: 1 of 2+ partitions');
    expect(one.out).toContain(' stopped by --partitions 1; more follow\n');
    expect(one.out).toContain('rows (2)');
    expect(api.requests.filter(({path}) => path.endsWith('/people'))).toHaveLength(1);
    const all = await at.run(['try', 'orgs', 'teams', 'people', '--partitions', '0']);
    expect(all.out).toContain('parent teams: 6 of 6 partitions');
    expect(all.code).toBe(0);
  });

  test('a refused child, a selector that misses, 200 with errors, a cap, a list read as one page', async () => {
    const routes: Record<string, Handler> = {
      '/miss': () => json({items: {list: [1, 2]}, things: [], meta: {n: 1}}),
      '/errors': () => json({data: [{id: 1}], errors: [{message: 'half of it is missing'}]}),
      '/cap': ({query}) => {
        const offset = Number(query.get('offset'));
        return json({data: Array.from({length: offset < 90 ? 30 : 5}, (_, k) => ({id: offset + k}))});
      },
      '/single': () => json({data: [{id: 1}], next_cursor: 'abc', total: 17}),
    };
    await using api = await startApi(routes);
    const at = desk(`client: {base_url: "${api.url}"}
resource_defaults: {endpoint: {paginator: single_page}}
resources:
  - {name: miss, endpoint: {data_selector: rows}}
  - {name: errors, endpoint: {data_selector: data}}
  - {name: cap, endpoint: {data_selector: data, paginator: {type: offset, limit: 100}}}
  - {name: single, endpoint: {data_selector: data}}\n`);
    const {out, lines, code} = await at.run(['try', 'miss', 'errors', 'cap', 'single', '--pages', '0']);
    expect(code).toBe(0);
    expect(out).toMatch(
      / ! data_selector rows matched nothing in any page: the body has the keys items, things, meta; lists: .*things \(0 values\)/,
    );
    expect(out).toMatch(/ ! .*errors.*half of it is missing/);
    expect(out).toContain(' ! the server gives at most 30 rows per page, not the 100 asked for; set limit');
    expect(out).toContain('paginator.limit: 30');
    expect(out).toContain(
      ' ! the body looks paginated (next_cursor: "abc", total: 17; 1 row here), and the paginator is single_page',
    );
    for (const warning of lines.filter((line) => line.startsWith(' ! the body looks'))) {
      expect(lines.indexOf(warning)).toBeLessThan(lines.lastIndexOf('rows (1)'));
    }
    const failed = await desk(
      `client: {base_url: "${api.url}"}\nresources: [{name: miss, endpoint: {data_selector: rows, data_selector_required: true}}]\n`,
    ).run(['try']);
    expect([
      failed.code,
      failed.lines.some((line) => line.startsWith(' ✘ miss: ') && line.includes('matches nothing')),
    ]).toEqual([1, true]);
  });

  test('token requests are shown, values never', async () => {
    await using api = await startApi({
      'POST /token': () => json({access_token: 'tok-abcdef-123', expires_in: 3600}),
      '/a': ({headers}) =>
        json([
          {id: 1, echo: headers.authorization},
          {id: 2, echo: 'c-secret-9'},
        ]),
    });
    const at = desk(
      `client:
  base_url: ${api.url}
  auth: {type: oauth2_client_credentials, client_id: me, client_secret: "{secrets.cs}", access_token_url: "${api.url}/token"}
resources: [a]\n`,
      'cs=c-secret-9\n',
    );
    for (const more of [['--show', 'requests,headers,bodies,schema,state,curl', '--row', '1'], ['--json']]) {
      const {out, err, code} = await at.run(['try', 'a', ...more]);
      expect(code).toBe(0);
      expect(out + err).not.toMatch(/tok-abcdef-123|c-secret-9/);
      expect(out).toMatch(/token/);
    }
    const {out} = await at.run(['try', 'a', '--show', 'curl']);
    expect(out).toContain(` token  POST ${api.url}/token   200`);
    expect(out).toContain(
      `$ curl -sS '${api.url}/a' -H 'authorization: Bearer '"$ACCESS_TOKEN" -H 'accept: application/json'`,
    );
  });

  test('--show headers names those that nobody wrote', async () => {
    await using api = await startApi(() => json([{id: 1}]));
    const at = desk(
      `client: {base_url: ${api.url}}\nresources: [{name: a, endpoint: {path: a, method: POST, json: {x: 1}}}]\n`,
      '',
    );
    const {out} = await at.run(['try', 'a', '--show', 'headers,curl']);
    const sent = api.requests[0]?.headers;
    for (const name of ['accept', 'content-type']) {
      expect(out).toContain(`> ${name}: ${sent?.[name]}`);
      expect(out).toContain(`-H '${name}: ${sent?.[name]}'`);
    }
  });

  test('--state and --since move the start; a state as it was shown is taken', async () => {
    await using api = await startApi(github());
    const config = githubConfig(api.url).replace(
      '{cursor_path: updated_at}',
      '{cursor_path: updated_at, initial_value: "2024-01-01T00:00:00Z"}',
    );
    const at = desk(config, env);
    const sinces = () =>
      api.requests.filter(({path}) => path.endsWith('/app/issues')).map(({query}) => query.get('since'));
    const shown =
      (await at.run(['try', 'issues', '--pages', '1'])).lines.find((line) => line.startsWith('state it would')) ?? '';
    await at.run(['try', 'issues', '--pages', '1', '--since', '2025-01-09']);
    const state = at.write('state.json', shown.slice(shown.indexOf('{')));
    await at.run(['try', 'issues', '--pages', '1', '--state', state]);
    expect(sinces()).toEqual(['2024-01-01T00:00:00Z', '2025-01-09T00:00:00Z', '2025-01-05T04:00:00Z']);
    expect((await at.run(['try', 'labels', '--since', '2025-01-01'])).err).toContain('labels has no incremental');
    expect((await at.run(['try', 'issues', '--state', '/nowhere'])).code).toBe(2);
  });

  test('exit codes: nothing works, nothing could be sent, unknown names, a signal', async () => {
    await using api = await startApi(github());
    const at = desk(githubConfig(api.url), env);
    expect((await at.run(['try', 'labels'])).code).toBe(1);
    const unknown = await at.run(['try', 'isues']);
    expect([unknown.code, unknown.err]).toEqual([
      2,
      'there is no resource isues; did you mean issues?; there are repos, issues, labels\n',
    ]);
    const stop = new AbortController();
    const hanging: Api & AsyncDisposable = await startApi(async () => {
      stop.abort(new Error('stopped by SIGINT'));
      await new Promise(() => undefined);
      return {};
    });
    const aborted = await desk(githubConfig(hanging.url), env).run(['try', 'repos'], {signal: stop.signal});
    expect(aborted.code).toBe(130);
    await hanging.close();
  });
});
