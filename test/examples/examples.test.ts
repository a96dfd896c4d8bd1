import {describe, expect, test} from 'vitest';
import {FakeClock} from '../support/fake-clock.js';
import {Connection, column, example} from './connection.js';
import {type Issue, type Repo, startGithub} from './github.js';
import {type Contact, startHubspot} from './hubspot.js';
import {startPlain} from './plain.js';
import {type Account, startSalesforce} from './salesforce.js';
import {at} from './serve.js';
import {type Customer, startStripe} from './stripe.js';
import {hour, iso, now, range} from './world.js';

test('a plain API: every row once, a 503 is tried again, a wrong key is named', async () => {
  const clock = new FakeClock({now});
  const rows = range(230, (id) => ({id, name: `n${id}`}));
  await using api = await startPlain(clock, rows, 'right');
  const text = example('A plain API', {'https://api.example.com': api.url});
  const refused = await new Connection(text, {api_key: 'wrong'}, clock).check();
  expect(refused).toMatchObject({status: 'FAILED', message: expect.stringMatching(/401.*invalid api_key/s)});
  const source = new Connection(text, {api_key: 'right'}, clock);
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  expect(await source.discover()).toMatchObject({
    resource_name: {key: [['id']], cursor: undefined, properties: {name: {}}},
  });

  api.take();
  const first = await source.read();
  expect(column(first, 'resource_name', 'id')).toEqual(rows.map(({id}) => id));
  expect(api.take().map(({query}) => Object.fromEntries(query))).toEqual(
    ['0', '100', '200', '230'].map((offset) => ({limit: '100', offset, api_key: 'right'})),
  );
  expect(clock.sleeps).toEqual([2_000]);
  expect(first.text).not.toContain('right');
  rows.push({id: 230, name: 'new'});
  expect(column(await source.read(first), 'resource_name', 'id')).toHaveLength(231);
});

test('Stripe: newest first, from the last one seen', async () => {
  const clock = new FakeClock({now});
  const second = now / 1_000;
  const customers: Customer[] = range(250, (n) => ({
    id: `cus_${n}`,
    object: 'customer',
    created: second - 86_400 + Math.floor(n / 2),
    name: `c${n}`,
  }));
  await using api = await startStripe(clock, customers, 'sk_test_1');
  const text = example('Stripe', {'https://api.stripe.com': api.url});
  const refused = await new Connection(text, {stripe_key: 'sk_other'}, clock).check();
  expect(refused).toMatchObject({status: 'FAILED', message: expect.stringMatching(/401.*Invalid API Key provided/s)});
  const source = new Connection(text, {stripe_key: 'sk_test_1'}, clock);
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  expect(await source.discover()).toMatchObject({
    customers: {key: [['id']], cursor: ['created'], properties: {created: {type: ['null', 'integer']}}},
  });

  api.take();
  const first = await source.read();
  expect(new Set(column(first, 'customers', 'id'))).toEqual(new Set(customers.map(({id}) => id)));
  expect(first.records()).toHaveLength(250);
  const asked = api.take().map(({query}) => Object.fromEntries(query));
  expect(asked).toEqual([
    {'created[gte]': '0', limit: '100'},
    {'created[gte]': '0', limit: '100', starting_after: column(first, 'customers', 'id')[99]},
    {'created[gte]': '0', limit: '100', starting_after: column(first, 'customers', 'id')[199]},
  ]);

  // One of the second that was read last, late; one new; an old one renamed, which `created` cannot see.
  clock.time += hour;
  customers.push({id: 'cus_late', object: 'customer', created: second - 86_400 + 124, name: 'late'});
  customers.push({id: 'cus_new', object: 'customer', created: second + 10, name: 'new'});
  const [oldest] = customers;
  if (oldest !== undefined) oldest.name = 'renamed';
  const again = await source.read(first);
  expect(api.take().map(({query}) => query.get('created[gte]'))).toEqual([String(second - 86_400 + 124)]);
  expect(column(again, 'customers', 'id')).toEqual(['cus_new', 'cus_late']);
  expect((await source.read(again)).records()).toEqual([]);
});

describe('GitHub, three levels', () => {
  const day = Date.UTC(2026, 4, 1);
  const issue = (repo: number, number: number): Issue => ({
    id: repo * 1_000 + number,
    number,
    title: `issue ${number}`,
    updated_at: iso(day + number * 60_000),
  });
  const repos = (): Repo[] => [
    {
      id: 1,
      name: 'app',
      issues: range(120, (n) => issue(1, n + 1)),
      comments: {3: range(101, (n) => ({id: 10_000 + n, body: 'b'})), 120: [{id: 20_000, body: 'c'}]},
    },
    {id: 2, name: 'gone', deleted: true, issues: [], comments: {}},
    {id: 3, name: 'web.js', issues: [issue(3, 1)], comments: {1: [{id: 30_000, body: 'd'}]}},
  ];

  test('links, a used up limit, a deleted repository; then only what changed, with its comments', async () => {
    const clock = new FakeClock({now});
    const [app, gone, web] = repos();
    if (app === undefined || gone === undefined || web === undefined) throw new Error('no repositories');
    let limit = false;
    let hit = 0;
    await using api = await startGithub(clock, [app, gone, web], 'ghp_1', (index) => limit && index === hit);
    const text = example('GitHub', {'https://api.github.com': api.url});
    const refused = await new Connection(text, {github_token: 'ghp_x'}, clock).check();
    expect(refused).toMatchObject({status: 'FAILED', message: expect.stringMatching(/401.*Bad credentials/s)});
    const source = new Connection(text, {github_token: 'ghp_1'}, clock);
    expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
    expect(await source.discover()).toMatchObject({
      repos: {key: [['id']], cursor: undefined, modes: ['full_refresh']},
      issues: {
        key: [['id']],
        cursor: ['updated_at'],
        properties: {updated_at: {format: 'date-time'}, _repos_name: {}},
      },
      comments: {key: [['id']], cursor: undefined, modes: ['full_refresh', 'incremental']},
    });

    api.take();
    limit = true;
    hit = api.requests.length + 2;
    const first = await source.read();
    expect(column(first, 'repos', 'name')).toEqual(['app', 'gone', 'web.js']);
    const issueIds = [...app.issues, ...web.issues].map(({id}) => id);
    expect(column(first, 'issues', 'id').toSorted()).toEqual(issueIds.toSorted());
    expect(new Set(column(first, 'issues', '_repos_name'))).toEqual(new Set(['app', 'web.js']));
    const commentIds = [...range(101, (n) => 10_000 + n), 20_000, 30_000];
    expect(column(first, 'comments', 'id').toSorted()).toEqual(commentIds);
    expect(clock.sleeps.some((ms) => ms >= 899_000)).toBe(true);
    expect(first.logs('WARN').join('\n')).toMatch(/404/);
    const asked = api.take();
    const lists = asked.filter(({path}) => path === '/repos/my-org/app/issues').map(({query}) => query.toString());
    const params = 'per_page=100&state=all&sort=updated&direction=asc&since=2024-01-01T00%3A00%3A00Z';
    expect(new Set(lists)).toEqual(new Set([params, `${params}&page=2`]));

    clock.time += hour;
    const [, second] = app.issues;
    if (second !== undefined) Object.assign(second, {title: 'edited', updated_at: iso(now + 60_000)});
    app.issues.push({id: 1_121, number: 121, title: 'new', updated_at: iso(now + 120_000)});
    const again = await source.read(first);
    expect(column(again, 'issues', 'id')).toEqual([1_002, 1_121]);
    const later = api.take().map(({path, query}) => `${path} ${query.get('since') ?? ''}`);
    // The changed issues, and of each repository those at its cursor: more may have happened below them.
    expect(later.filter((line) => line.includes('/comments')).toSorted()).toEqual([
      '/repos/my-org/app/issues/120/comments ',
      '/repos/my-org/app/issues/121/comments ',
      '/repos/my-org/app/issues/2/comments ',
      '/repos/my-org/web.js/issues/1/comments ',
    ]);
    expect(later).toContain(`/repos/my-org/app/issues ${iso(day + 120 * 60_000)}`);

    clock.time += hour;
    const third = await source.read(again);
    expect(third.records('issues')).toEqual([]);
    expect(
      api
        .take()
        .map(({path}) => path)
        .filter((path) => path.endsWith('/comments'))
        .toSorted(),
    ).toEqual(['/repos/my-org/app/issues/121/comments', '/repos/my-org/web.js/issues/1/comments']);
  });
});

test('HubSpot: windows of 30 days, one of them halved before anything is emitted', async () => {
  const clock = new FakeClock({now: Date.UTC(2024, 3, 1)});
  const busy = Date.UTC(2024, 1, 10);
  const contacts: Contact[] = range(10_050, (n) => ({
    id: String(n),
    properties: {email: `${n}@example.com`, lastmodifieddate: new Date(busy + n * 60_000 + 123).toISOString()},
  }));
  await using api = await startHubspot(clock, contacts, 'pat-1');
  const text = example('HubSpot', {'https://api.hubapi.com': api.url});
  const refused = await new Connection(text, {token: 'pat-x'}, clock).check();
  expect(refused).toMatchObject({status: 'FAILED', message: expect.stringMatching(/401.*Authentication credentials/s)});
  const source = new Connection(text, {token: 'pat-1'}, clock);
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  expect(await source.discover()).toMatchObject({
    contacts: {key: [['id']], cursor: ['properties', 'lastmodifieddate'], properties: {properties: {}}},
  });

  api.take();
  const first = await source.read();
  expect(column(first, 'contacts', 'id')).toEqual(contacts.map(({id}) => id));
  const windows = api.take().flatMap(({body}) => {
    const value = (filter: number) => Number(at(body, `filterGroups.0.filters.${filter}.value`));
    return at(body, 'after') === undefined ? [{from: value(0), until: value(1)}] : [];
  });
  windows.sort((a, b) => a.until - b.until);
  expect(windows[0]?.from).toBe(Date.UTC(2024, 0, 1));
  expect(windows.at(-1)?.until).toBe(Date.UTC(2024, 3, 1) - 60_000);
  const halved = windows.filter(({from, until}) => until - from === 15 * 24 * hour);
  expect(halved).toHaveLength(2);

  clock.time += hour;
  const changed = contacts[5];
  if (changed !== undefined) changed.properties.lastmodifieddate = new Date(clock.time - 2 * 60_000).toISOString();
  const again = await source.read(first);
  expect(column(again, 'contacts', 'id')).toEqual(['5']);
  // Inside the delay: next time.
  const recent = contacts[6];
  if (recent !== undefined) recent.properties.lastmodifieddate = new Date(clock.time - 10_000).toISOString();
  const third = await source.read(again);
  expect(column(third, 'contacts', 'id')).toEqual([]);
  clock.time += hour;
  expect(column(await source.read(third), 'contacts', 'id')).toEqual(['6']);
});

test('Salesforce: the instance is in the answer of the login, the next page relative to it, the session may end', async () => {
  const clock = new FakeClock({now});
  const stamp = (time: number) => new Date(time).toISOString().replace('Z', '+0000');
  const accounts: Account[] = range(450, (n) => ({
    Id: `001${n}`,
    SystemModstamp: stamp(Date.UTC(2026, 4, 1) + Math.floor(n / 3) * 1_000),
  }));
  const {login, instance, expireSession} = await startSalesforce(clock, accounts, {id: '3MVG', secret: 's3cret'});
  await using _login = login;
  await using _instance = instance;
  const text = example('Salesforce', {'https://acme.my.salesforce.com': login.url});
  const refused = await new Connection(text, {client_id: '3MVG', client_secret: 'wrong'}, clock).check();
  expect(refused).toMatchObject({status: 'FAILED', message: expect.stringMatching(/401.*invalid_client/s)});
  const source = new Connection(text, {client_id: '3MVG', client_secret: 's3cret'}, clock);
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  expect(await source.discover()).toMatchObject({
    accounts: {key: [['Id']], cursor: ['SystemModstamp'], properties: {SystemModstamp: {format: 'date-time'}}},
  });

  instance.take();
  const first = await source.read();
  expect(column(first, 'accounts', 'Id')).toEqual(accounts.map(({Id}) => Id));
  expect(instance.take().map(({path, query}) => query.get('q') ?? path.replace(/01g\d+/, ''))).toEqual([
    'SELECT Id, SystemModstamp FROM Account WHERE SystemModstamp >= 2024-01-01T00:00:00Z ORDER BY SystemModstamp',
    '/services/data/v60.0/query/-200',
    '/services/data/v60.0/query/-400',
  ]);

  clock.time += hour;
  accounts.push({Id: '001new', SystemModstamp: stamp(now + 1_000)});
  accounts.push({Id: '001late', SystemModstamp: accounts[449]?.SystemModstamp ?? ''});
  const [changed] = accounts;
  if (changed !== undefined) changed.SystemModstamp = stamp(now + 2_000);
  const again = await source.read(first);
  expect(column(again, 'accounts', 'Id').toSorted()).toEqual(['0010', '001late', '001new']);
  expect(instance.take()[0]?.query.get('q')).toMatch(/>= 2026-05-01T00:02:29Z ORDER/);
  expireSession();
  expect(column(await source.read(again), 'accounts', 'Id')).toEqual([]);
});
