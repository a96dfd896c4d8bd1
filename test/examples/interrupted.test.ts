import {expect, test} from 'vitest';
import {FakeClock} from '../support/fake-clock.js';
import type {Messages} from '../support/protocol.js';
import {Connection, column, example} from './connection.js';
import {startGithub} from './github.js';
import {startHubspot} from './hubspot.js';
import {startJira} from './jira.js';
import {startNotion} from './notion.js';
import {startPlain} from './plain.js';
import {startSalesforce} from './salesforce.js';
import type {Served} from './serve.js';
import {startShopify} from './shopify.js';
import {startStripe} from './stripe.js';
import {hour, iso, now, range} from './world.js';
import {startZendesk} from './zendesk.js';

interface Case {
  readonly title: string;
  readonly secrets: Readonly<Record<string, string>>;
  /** What a complete read has, by stream and id. */
  readonly rows: Readonly<Record<string, readonly unknown[]>>;
  readonly id?: string;
  start(clock: FakeClock): Promise<{readonly api: Served; readonly text: string; readonly also?: Served}>;
}

const instant = (n: number): number => now - 24 * hour + n * 61_000;
const ids = range(250, (n) => n);
const never = () => false;

const cases: readonly Case[] = [
  {
    title: 'A plain API',
    secrets: {api_key: 'k'},
    rows: {resource_name: ids},
    start: async (clock) => {
      const api = await startPlain(
        clock,
        ids.map((id) => ({id})),
        'k',
      );
      return {api, text: example('A plain API', {'https://api.example.com': api.url})};
    },
  },
  {
    title: 'Stripe',
    secrets: {stripe_key: 'k'},
    rows: {customers: ids.map(String)},
    start: async (clock) => {
      const rows = ids.map((n) => ({
        id: String(n),
        object: 'customer' as const,
        created: instant(n) / 1_000,
        name: 'n',
      }));
      const api = await startStripe(clock, rows, 'k');
      return {api, text: example('Stripe', {'https://api.stripe.com': api.url})};
    },
  },
  {
    title: 'GitHub',
    secrets: {github_token: 'k'},
    rows: {repos: [1, 2], issues: [11, 12, 13, 21, 22], comments: [...range(130, (n) => 1_000 + n), 2_000]},
    start: async (clock) => {
      const issue = (id: number) => ({id, number: id % 10, title: 't', updated_at: iso(instant(id))});
      const repos = [
        {
          id: 1,
          name: 'one',
          issues: [11, 12, 13].map(issue),
          comments: {2: range(130, (n) => ({id: 1_000 + n, body: ''}))},
        },
        {id: 2, name: 'two', issues: [21, 22].map(issue), comments: {2: [{id: 2_000, body: ''}]}},
      ];
      const api = await startGithub(clock, repos, 'k', never);
      return {api, text: example('GitHub', {'https://api.github.com': api.url})};
    },
  },
  {
    title: 'HubSpot',
    secrets: {token: 'k'},
    rows: {contacts: ids.map(String)},
    start: async (clock) => {
      const modified = (n: number) => new Date(now - 60 * 24 * hour + n * 5 * hour).toISOString();
      const rows = ids.map((n) => ({id: String(n), properties: {email: 'e', lastmodifieddate: modified(n)}}));
      const api = await startHubspot(clock, rows, 'k');
      const text = example('HubSpot', {'https://api.hubapi.com': api.url, '2024-01-01': '2026-03-15'});
      return {api, text};
    },
  },
  {
    title: 'Salesforce',
    secrets: {client_id: 'i', client_secret: 's'},
    rows: {accounts: ids.map(String)},
    id: 'Id',
    start: async (clock) => {
      const rows = ids.map((n) => ({
        Id: String(n),
        SystemModstamp: new Date(instant(n)).toISOString().replace('Z', '+0000'),
      }));
      const {login, instance} = await startSalesforce(clock, rows, {id: 'i', secret: 's'});
      return {api: instance, also: login, text: example('Salesforce', {'https://acme.my.salesforce.com': login.url})};
    },
  },
  {
    title: 'Zendesk',
    secrets: {zendesk: 'k'},
    rows: {tickets: ids},
    start: async (clock) => {
      const rows = ids.map((id) => ({id, subject: 's', generated_timestamp: instant(id) / 1_000}));
      const api = await startZendesk(clock, rows, 'k');
      return {api, text: example('Zendesk', {'https://acme.zendesk.com': api.url})};
    },
  },
  {
    title: 'Jira',
    secrets: {password: 'k'},
    rows: {issues: ids.map(String)},
    start: async (clock) => {
      const updated = (n: number) => new Date(instant(n)).toISOString().replace('Z', '+0000');
      const rows = ids.map((n) => ({id: String(n), key: `A-${n}`, fields: {summary: 's', updated: updated(n)}}));
      const api = await startJira(clock, rows, 'k');
      return {api, text: example('Jira', {'https://acme.atlassian.net': api.url})};
    },
  },
  {
    title: 'Notion',
    secrets: {token: 'k'},
    rows: {pages: ids.map(String)},
    start: async (clock) => {
      const edited = (n: number) => new Date(Math.floor(instant(n) / 60_000) * 60_000).toISOString();
      const rows = ids.map((n) => ({object: 'page' as const, id: String(n), last_edited_time: edited(n)}));
      const api = await startNotion(clock, rows, 'k');
      return {api, text: example('Notion', {'https://api.notion.com': api.url})};
    },
  },
  {
    title: 'Shopify',
    secrets: {shop: 'k'},
    rows: {orders: ids.map(String)},
    start: async (clock) => {
      const rows = ids.map((n) => ({id: String(n), updatedAt: iso(instant(n))}));
      const api = await startShopify(clock, rows, 'k', never);
      return {api, text: example('Shopify', {'https://acme.myshopify.com': api.url})};
    },
  },
];

test.each(cases)('$title: cut off in between, the next read brings the rest', async (each) => {
  const clock = new FakeClock({now});
  const {api, text, also} = await each.start(clock);
  const source = new Connection(text, each.secrets, clock);
  await source.discover();
  const seen = (reads: readonly Messages[], stream: string) =>
    new Set(reads.flatMap((read) => column(read, stream, each.id ?? 'id')));
  const failures: number[] = [];
  for (const requests of [0, 1, 4, 100]) {
    clock.time += hour;
    api.breakAfter(requests);
    const broken = await source.readAnyhow(undefined, requests + 1);
    api.mend();
    clock.time += hour;
    api.take();
    const rest = await source.readAnyhow(broken.messages, requests + 1);
    expect(rest.code).toBe(0);
    for (const [stream, rows] of Object.entries(each.rows)) {
      expect(seen([broken.messages, rest.messages], stream), `${stream} after ${requests}`).toEqual(new Set(rows));
    }
    failures.push(broken.code);
    if (broken.code === 0) break;
  }
  expect(failures.filter((code) => code === 1).length).toBeGreaterThanOrEqual(2);
  expect(failures.at(-1)).toBe(0);
  await api.close();
  await also?.close();
});
