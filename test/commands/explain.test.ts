import {describe, expect, test} from 'vitest';
import {readConfig} from '../../src/config/load.js';
import {Secrets} from '../../src/secrets.js';
import {startApi} from '../support/api-server.js';
import {desk} from './try-support.js';

const acme = `client:
  base_url: https://api.acme.io/v1
  auth: {type: bearer, token: "{secrets.token}"}
resources:
  - name: orders
    primary_key: id
    endpoint:
      params: {limit: 100, status: open}
      data_selector: data
      paginator: {type: cursor, cursor_path: meta.next_cursor, cursor_param: cursor}
      incremental: {cursor_path: updated_at, start_param: updated_after, initial_value: "2024-01-01T00:00:00Z"}
  - name: order_items
    include_from_parent: [status]
    endpoint:
      path: "orders/{resources.orders.id}/items"
      method: POST
      json: {state: "{resources.orders.status}", n: 12345678901234567890}
      auth: {type: api_key, name: key, api_key: literal-secret-key, location: query}
      response_actions: [{status_code: 409, action: ignore}]
  - name: days
    endpoint:
      path: "days/{window.start|iso_date}"
      incremental: {cursor_path: day, initial_value: "2025-12-01", step: P7D, row_order: asc}
`;
const env = 'token=sekret-token-1\n';

describe('explain', () => {
  test('one resource as it will be asked', async () => {
    const {code, lines} = await desk(acme, env).run(['explain', 'orders', '--since', '2026-01-01']);
    expect(lines).toEqual([
      'orders                                                              acme.yaml:5',
      ' request    GET https://api.acme.io/v1/orders?limit=100&status=open&updated_after=2026-01-01T00:00:00Z',
      ' headers    authorization: Bearer •••• ({secrets.token}, acme.env)   accept: application/json (default)',
      ' records    data     configured',
      ' pages      cursor: meta.next_cursor → ?cursor     ends when it is null, missing or ""; max_pages 100000 (default)',
      ' cursor     updated_at → updated_after, from 2026-01-01T00:00:00Z; moves at the end of the walk (row_order not declared)',
      ' key        id → merge     children  order_items (one request per row of orders, 4 at a time)',
      ' failures   429, 5xx, timeouts ×3 after 2, 4, 8 s or as the server says · 401, 403 config_error · others fail',
      ' hosts      api.acme.io:443 only     schema  2 sample pages, 1000 rows',
    ]);
    expect(code).toBe(0);
  });

  test('children show where the parent stands, windows the first one', async () => {
    const {out} = await desk(acme, env).run(['explain']);
    expect(out).toContain(
      ' request    POST https://api.acme.io/v1/orders/{resources.orders.id}/items?key=••••\n' +
        ' body       {"state":"{resources.orders.status}","n":12345678901234567890}\n',
    );
    expect(out).toContain(
      ' parent     orders: one walk per id + status; a row without it is skipped; adds _orders_status',
    );
    expect(out).toContain('409 ignore');
    expect(out).toContain(' request    GET https://api.acme.io/v1/days/2025-12-01\n');
    expect(out).toContain('windows of P7D; moves page by page (row_order: asc)');
    expect(out).not.toMatch(/literal-secret-key|sekret/);
  });

  test('--json and --yaml: a document that reads the same, secrets masked', async () => {
    const at = desk(acme, env);
    const json = await at.run(['explain', '--json']);
    expect(json.out).not.toMatch(/literal-secret-key|sekret/);
    const yaml = await at.run(['explain', '--yaml']);
    const configs = [acme.replace('literal-secret-key', '"****"'), json.out, yaml.out].map((text) => {
      const {config, problems} = readConfig({text}, {secrets: new Secrets(), env: {token: 'x'}});
      expect(problems.filter(({level, path}) => level === 'error' || path.at(-1) === 'on_missing')).toEqual([]);
      return JSON.parse(JSON.stringify(config), (key, value: unknown) =>
        ['place', 'parent_incremental_written', 'need_parent', 'options', 'paginator'].includes(key)
          ? undefined
          : value,
      );
    });
    expect(configs[1]).toEqual(configs[0]);
    expect(configs[2]).toEqual(configs[0]);
    expect(json.out).toContain('"max_delay": 300');
    expect(json.out).toContain('12345678901234567890');
  });

  test('--curl has variables in place of secrets', async () => {
    const {lines} = await desk(
      `client: {base_url: "https://x.io/{secrets.tenant}", auth: {type: http_basic, username: "me", password: "{secrets.pw}"}}
resources:
  - {name: a, endpoint: {params: {q: "it's {secrets.tenant}"}}}
  - {name: b, endpoint: {auth: {type: api_key, name: X-Key, api_key: "{secrets.key}", prefix: Token}, method: POST, data: {z: 1}}}
`,
      'tenant=acme/tenant\npw=passw\nkey=k123456\n',
    ).run(['explain', '--curl']);
    expect(lines[0]).toBe(
      `curl -sS 'https://x.io/'"$TENANT"'/a?q=it'\\''s%20'"$TENANT" -u 'me:'"$PW" -H 'accept: application/json'`,
    );
    expect(lines[2]).toBe(
      `curl -sS -X POST 'https://x.io/'"$TENANT"'/b' -H 'x-key: Token '"$KEY" -H 'accept: application/json' -H 'content-type: application/x-www-form-urlencoded' --data-raw 'z=1'`,
    );
  });

  test('a start that no request holds is told', async () => {
    const cursorOf = async (endpoint: string) => {
      const incremental = 'incremental: {cursor_path: u, initial_value: 5}';
      const text = `client: {base_url: "https://x.io"}\nresources: [{name: a, endpoint: {${endpoint}${incremental}}}]\n`;
      return (await desk(text).run(['explain'])).lines.find((line) => line.startsWith(' cursor'));
    };
    expect(await cursorOf('')).toContain('u, sent nowhere: every sync reads all pages and drops older rows here');
    expect(await cursorOf('params: {since: "{incremental.start_value}"}, ')).not.toContain('nowhere');
  });

  test('--dlt: only what the resource touches', async () => {
    const {out} = await desk(acme, env).run(['explain', 'order_items', '--dlt']);
    expect(out).toContain('parent: 404 and 410 of one parent skip it');
    expect(out).not.toContain('row_order');
    expect(out).not.toContain('moves it to the greatest value seen');
  });

  test('nothing is requested, not even a token that base_url needs', async () => {
    await using api = await startApi(() => ({status: 500}));
    const at = desk(`client:
  base_url: "{auth.instance_url}/v1"
  auth: {type: oauth2_client_credentials, client_id: me, client_secret: s3cr3t-s3cr3t, access_token_url: "${api.url}/token"}
resources: [{name: accounts, endpoint: query}]
`);
    const {code, out} = await at.run(['explain']);
    expect(code).toBe(0);
    expect(out).toContain('GET {auth.instance_url}/v1/query   (it is known after the token request only)');
    expect(api.requests).toEqual([]);
    expect(out).not.toContain('s3cr3t');
  });

  test('a resource that is not there, a start where there is no cursor, an invalid file', async () => {
    const at = desk(acme, env);
    const unknown = await at.run(['explain', 'order']);
    expect([unknown.code, unknown.err]).toEqual([
      2,
      'there is no resource order; did you mean orders?; there are orders, order_items, days\n',
    ]);
    expect((await at.run(['explain', 'order_items', '--since', '2026-01-01'])).code).toBe(2);
    const nonsense = await at.run(['explain', 'orders', '--since', 'nonsense']);
    expect([nonsense.code, nonsense.err]).toEqual([
      2,
      expect.stringContaining('--since nonsense: must be a time, such as'),
    ]);
    const invalid = await desk('client: {base_url: "https://x.io"}\nresources: [{name: a, endpiont: a}]\n').run([
      'explain',
    ]);
    expect(invalid.code).toBe(2);
    expect(invalid.err).toContain('✘ 2:23 resources[0].endpiont unknown key; did you mean endpoint?');
  });
});
