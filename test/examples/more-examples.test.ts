import {expect, test} from 'vitest';
import {FakeClock} from '../support/fake-clock.js';
import {Connection, column, example} from './connection.js';
import {type JiraIssue, startJira} from './jira.js';
import {type NotionPage, startNotion} from './notion.js';
import {at} from './serve.js';
import {type Order, startShopify} from './shopify.js';
import {hour, iso, now, range} from './world.js';
import {startZendesk, type Ticket} from './zendesk.js';

test('Zendesk: ten requests a minute, a link on every page, nothing of the last minute asked for', async () => {
  const clock = new FakeClock({now});
  const second = now / 1_000;
  const tickets: Ticket[] = range(1_250, (id) => ({
    id,
    subject: `t${id}`,
    generated_timestamp: second - 90_000 + Math.floor(id / 4),
  }));
  await using api = await startZendesk(clock, tickets, 'zd');
  const text = example('Zendesk', {'https://acme.zendesk.com': api.url});
  const refused = await new Connection(text, {zendesk: 'wrong'}, clock).check();
  expect(refused).toMatchObject({status: 'FAILED', message: expect.stringMatching(/401.*Couldn't authenticate you/s)});
  const source = new Connection(text, {zendesk: 'zd'}, clock);
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  clock.time += hour;
  expect(await source.discover()).toMatchObject({
    tickets: {
      key: [['id']],
      cursor: ['generated_timestamp'],
      properties: {generated_timestamp: {type: ['null', 'integer']}},
    },
  });

  clock.time += hour;
  api.take();
  const began = clock.now();
  const first = await source.read();
  expect(column(first, 'tickets', 'id')).toEqual(tickets.map(({id}) => id));
  const asked = api.take();
  expect(asked).toHaveLength(13);
  expect(asked[0]?.query.toString()).toBe('start_time=1704067200');
  expect(asked[1]?.query.toString()).toBe('cursor=1704067200-100');
  expect(clock.now() - began).toBeGreaterThanOrEqual(60_000);
  expect(clock.now() - began).toBeLessThan(130_000);
  expect(first.statuses()).toContain('RATE_LIMITED');
  expect(first.logs('WARN').filter((line) => line.includes('429'))).toEqual([]);

  // Changed in the last minute but for one: the export holds what is older only next time.
  clock.time += hour;
  const [changed, justNow] = tickets;
  if (changed === undefined || justNow === undefined) throw new Error('no tickets');
  Object.assign(changed, {subject: 'new', generated_timestamp: clock.now() / 1_000 - 600});
  const again = await source.read(first);
  expect(api.take()[0]?.query.get('start_time')).toBe(String(tickets.at(-1)?.generated_timestamp));
  expect(column(again, 'tickets', 'id')).toEqual([0]);
  clock.time += hour;
  Object.assign(justNow, {subject: 'just now', generated_timestamp: Math.floor(clock.now() / 1_000) - 5});
  const third = await source.read(again);
  clock.time += 10_000;
  const fourth = await source.read(third);
  const seen = [...column(third, 'tickets', 'id'), ...column(fourth, 'tickets', 'id')];
  clock.time += hour;
  expect(new Set([...seen, ...column(await source.read(fourth), 'tickets', 'id')])).toEqual(new Set([1]));
});

test('Jira: minutes on the clock of Berlin, also while it repeats an hour', async () => {
  // 2025-10-26 at 01:00 UTC the clock goes from 03:00 summer time back to 02:00.
  const change = Date.UTC(2025, 9, 26, 1);
  const clock = new FakeClock({now: change + 20 * 60_000});
  const issue = (n: number, time: number): JiraIssue => ({
    id: String(10_000 + n),
    key: `A-${n}`,
    fields: {summary: `s${n}`, updated: new Date(time).toISOString().replace('Z', '+0000')},
  });
  // One every half minute until a moment ago: through both of the hours called 02.
  const issues: JiraIssue[] = range(230, (n) => issue(n, change + 19 * 60_000 - (229 - n) * 30_000 + 7));
  await using api = await startJira(clock, issues, 'jira');
  const text = example('Jira', {'https://acme.atlassian.net': api.url});
  const refused = await new Connection(text, {password: 'wrong'}, clock).check();
  expect(refused).toMatchObject({status: 'FAILED', message: expect.stringMatching(/401.*must be authenticated/s)});
  const source = new Connection(text, {password: 'jira'}, clock);
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  expect(await source.discover()).toMatchObject({
    issues: {key: [['id']], cursor: ['fields', 'updated'], properties: {fields: {}}},
  });

  api.take();
  const first = await source.read();
  expect(column(first, 'issues', 'id')).toEqual(issues.map(({id}) => id));
  const asked = api.take().map(({query}) => Object.fromEntries(query));
  const jql = 'updated >= "2020-01-01 01:00" ORDER BY updated ASC';
  expect(asked).toEqual([
    {jql, fields: '*all', maxResults: '100'},
    {jql, fields: '*all', maxResults: '100', nextPageToken: expect.any(String)},
    {jql, fields: '*all', maxResults: '100', nextPageToken: expect.any(String)},
  ]);

  // Within the repeated hour: one late in the minute that was read last, one changed, one new.
  clock.time += 10 * 60_000;
  issues.push(issue(900, change + 19 * 60_000 + 3));
  issues.push(issue(901, change + 25 * 60_000));
  const [, changed] = issues;
  if (changed === undefined) throw new Error('no issues');
  Object.assign(changed.fields, {summary: 'edited', updated: issue(0, change + 26 * 60_000).fields.updated});
  const again = await source.read(first);
  expect(api.take()[0]?.query.get('jql')).toMatch(/"2025-10-26 0[01]:\d\d" ORDER/);
  expect(column(again, 'issues', 'id')).toEqual(expect.arrayContaining(['10900', '10901', '10001']));
  // The rest are rows of the minute that `lag` reaches back.
  expect(again.records().length).toBeLessThanOrEqual(3 + 4);

  clock.time += 24 * hour;
  issues.push(issue(902, change + 12 * hour));
  const third = await source.read(again);
  expect(column(third, 'issues', 'id')).toContain('10902');
  expect(third.records().length).toBeLessThanOrEqual(1 + 3);
  api.take();
  await source.read(third);
  // Berlin is an hour before UTC in winter; the lag is a minute.
  expect(api.take()[0]?.query.get('jql')).toContain('"2025-10-26 13:59"');
});

test('Notion: a cursor in the body, no cursor on the first page, a wait named by the server', async () => {
  const clock = new FakeClock({now});
  const pages: NotionPage[] = range(250, (n) => ({
    object: 'page',
    id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    last_edited_time: new Date(now - 10 * hour + Math.floor(n / 5) * 60_000).toISOString(),
  }));
  await using api = await startNotion(clock, pages, 'ntn_1');
  const text = example('Notion', {'https://api.notion.com': api.url});
  const refused = await new Connection(text, {token: 'ntn_x'}, clock).check();
  expect(refused).toMatchObject({status: 'FAILED', message: expect.stringMatching(/401.*API token is invalid/s)});
  const source = new Connection(text, {token: 'ntn_1'}, clock);
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  expect(await source.discover()).toMatchObject({
    pages: {key: [['id']], cursor: ['last_edited_time'], properties: {last_edited_time: {format: 'date-time'}}},
  });

  api.take();
  const first = await source.read();
  expect(column(first, 'pages', 'id')).toEqual(pages.map(({id}) => id));
  expect(clock.sleeps).toEqual([7_000]);
  const asked = api.take();
  expect(asked.map(({body}) => at(body, 'start_cursor'))).toEqual([undefined, undefined, 'p100', 'p200']);
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
    page_size: 100,
    sorts: [{timestamp: 'last_edited_time', direction: 'ascending'}],
    filter: {timestamp: 'last_edited_time', last_edited_time: {on_or_after: '2020-01-01T00:00:00.000Z'}},
  });

  clock.time += hour;
  const [changed, sameMinute] = pages;
  const boundary = pages.at(-1)?.last_edited_time ?? '';
  if (changed === undefined || sameMinute === undefined) throw new Error('no pages');
  changed.last_edited_time = new Date(now).toISOString();
  sameMinute.last_edited_time = boundary;
  const again = await source.read(first);
  expect(at(api.take()[0]?.body ?? '', 'filter.last_edited_time.on_or_after')).toBe(boundary);
  expect(column(again, 'pages', 'id')).toEqual([sameMinute.id, changed.id]);
  expect((await source.read(again)).records()).toEqual([]);
});

test('Shopify: GraphQL, `after` null first, a used up budget in an answer with 200', async () => {
  const clock = new FakeClock({now});
  const orders: Order[] = range(250, (n) => ({
    id: `gid://shopify/Order/${n}`,
    updatedAt: iso(now - 10 * hour + Math.floor(n / 2) * 1_000),
  }));
  let throttledAt = -1;
  await using api = await startShopify(clock, orders, 'shpat_1', (index) => index === throttledAt);
  const text = example('Shopify', {'https://acme.myshopify.com': api.url});
  const refused = await new Connection(text, {shop: 'shpat_x'}, clock).check();
  expect(refused).toMatchObject({status: 'FAILED', message: expect.stringMatching(/401.*Invalid API key/s)});
  const source = new Connection(text, {shop: 'shpat_1'}, clock);
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  expect(await source.discover()).toMatchObject({
    orders: {key: [['id']], cursor: ['updatedAt'], properties: {updatedAt: {format: 'date-time'}}},
  });

  api.take();
  throttledAt = api.requests.length + 1;
  const first = await source.read();
  expect(column(first, 'orders', 'id')).toEqual(orders.map(({id}) => id));
  expect(clock.sleeps).toEqual([2_000]);
  const asked = api.take().map(({body}) => JSON.parse(body));
  const q = "updated_at:>='2024-01-01T00:00:00Z'";
  const cursor = (n: number) => Buffer.from(String(n)).toString('base64');
  expect(asked.map(({variables}) => variables)).toEqual([
    {after: null, q},
    {after: cursor(100), q},
    {after: cursor(100), q},
    {after: cursor(200), q},
  ]);

  clock.time += hour;
  const [changed] = orders;
  if (changed === undefined) throw new Error('no orders');
  changed.updatedAt = iso(now);
  orders.push({id: 'gid://shopify/Order/late', updatedAt: orders[249]?.updatedAt ?? ''});
  const again = await source.read(first);
  expect(at(api.take()[0]?.body ?? '', 'variables.q')).toBe(`updated_at:>='${orders[249]?.updatedAt}'`);
  expect(column(again, 'orders', 'id')).toEqual(['gid://shopify/Order/late', changed.id]);
  expect((await source.read(again)).records()).toEqual([]);
});
