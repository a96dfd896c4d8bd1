import {once} from 'node:events';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer as createHttpServer} from 'node:http';
import {createServer, type Server} from 'node:https';
import {type AddressInfo, connect} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {catalogOf} from '../acceptance/catalog-of.js';
import {runCli} from '../support/run-cli.js';
import {certificate, privateKey} from './certificate.js';

// DEPLOYMENT_MODE=cloud under the built program: what it connects to is what counts, whoever named it. `api.example.com` is a server of
// the public Internet (names.mjs), `inside.example.com` one that must never be reached.

const folder = mkdtempSync(join(tmpdir(), 'source-rest-api-'));
const authority = join(folder, 'ca.pem');
let api: Server;
let inside: Server;
/** Connections that reached `inside`. */
let reached = 0;
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

beforeAll(async () => {
  writeFileSync(authority, certificate);
  const tls = {cert: certificate, key: privateKey};
  api = createServer(tls, (request, response) => {
    const url = new URL(request.url ?? '/', 'https://api.example.com');
    const to = url.searchParams.get('to') ?? '';
    response.setHeader('content-type', 'application/json');
    response.setHeader('connection', 'close');
    if (url.pathname === '/redirect') response.writeHead(302, {location: to}).end();
    else if (url.pathname === '/linked') response.end(JSON.stringify({data: [{id: 1}], next: to}));
    else if (url.pathname === '/token') response.end('{"access_token":"abcdefgh","expires_in":3600}');
    else response.end(url.searchParams.get('offset') === '2' ? '[{"id":3}]' : '[{"id":1},{"id":2}]');
  });
  inside = createServer(tls, (_, response) => {
    response.end('[{"id":666}]');
  });
  inside.on('connection', () => {
    reached++;
  });
  api.listen(0, '127.0.0.1');
  inside.listen(0, '127.0.0.1');
  await Promise.all([once(api, 'listening'), once(inside, 'listening')]);
});
afterAll(() => {
  api.close();
  inside.close();
  rmSync(folder, {recursive: true});
});

const publicly = [['93.184.216.34']];

interface World {
  /** What `inside.example.com` resolves to, each time it is asked. */
  readonly names?: readonly (readonly string[])[];
  readonly apiNames?: readonly (readonly string[])[];
  readonly mode?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

function environmentOf({names = [['127.0.0.1']], apiNames = publicly, mode = 'cloud', environment = {}}: World) {
  return {
    DEPLOYMENT_MODE: mode,
    NAMES: JSON.stringify({
      'inside.example.com': names,
      'api.example.com': apiNames,
      'proxy.example.com': [['127.0.0.1']],
    }),
    PUBLIC: JSON.stringify({'api.example.com': portOf(api)}),
    NODE_EXTRA_CA_CERTS: authority,
    NODE_OPTIONS: `--import=${new URL('names.mjs', import.meta.url).href}`,
    ...environment,
  };
}

const configOf = (client: object, endpoint: object): object => ({
  client: {paginator: 'single_page', retry: {max_retries: 0}, ...client},
  resources: [{name: 'rows', endpoint}],
});

async function check(config: object, world: World = {}): Promise<string> {
  const run = await runCli(['check', '--config', config], {environment: environmentOf(world)});
  expect(run.stderr).toBe('');
  const [answer] = run.messages.answers();
  if (answer?.type === 'CONNECTION_STATUS') return answer.connectionStatus.message ?? answer.connectionStatus.status;
  return run.messages
    .errors()
    .map(({failure_type, message}) => `${failure_type}: ${message}`)
    .join('\n');
}

const insideUrl = (): string => `https://inside.example.com:${portOf(inside)}`;

test('the Internet of these tests: a public API works in the cloud, and elsewhere the inner server can be reached', async () => {
  const open = configOf({base_url: 'https://api.example.com'}, {path: 'rows'});
  expect(await check(open)).toBe('SUCCEEDED');
  const before = reached;
  expect(await check(configOf({base_url: insideUrl()}, {path: 'rows'}), {mode: 'oss'})).toBe('SUCCEEDED');
  expect(reached).toBe(before + 1);
});

describe.concurrent('refused, without a connection', () => {
  test.each<readonly [string, readonly string[]]>([
    ['127.0.0.1', ['127.0.0.1']],
    ['a public address beside it', ['93.184.216.34', '127.0.0.1']],
    ['mapped', ['::ffff:127.0.0.1']],
    ['::1', ['::1']],
    ['0.0.0.0', ['0.0.0.0']],
    ['metadata', ['169.254.169.254']],
    ['metadata by IPv6', ['fd00:ec2::254']],
    ['a private network', ['10.1.2.3']],
    ['carrier-grade NAT', ['100.64.1.1']],
    ['IPv4 in an IPv6 of old', ['::7f00:1']],
    ['translated', ['64:ff9b::7f00:1']],
    ['Teredo', ['2001:0:7f00:1::']],
  ])('a name that resolves to: %s', async (_, addresses) => {
    const said = await check(configOf({base_url: insideUrl()}, {path: 'rows'}), {names: [addresses]});
    expect(said).toMatch(/private address, which is not allowed in the cloud/);
  });

  test.each([
    'https://2130706433',
    'https://0177.0.0.1',
    'https://0x7f000001',
    'https://0x7f.1',
    'https://127.1',
    'https://127.0.0.1.',
    'https://[::ffff:127.0.0.1]',
    'https://[::ffff:7f00:1]',
    'https://[::7f00:1]',
    'https://[64:ff9b::7f00:1]',
    'https://localhost',
    'https://localhost.',
    'https://LOCALHOST',
  ])('%s', async (origin) => {
    const said = await check(configOf({base_url: `${origin}:${portOf(inside)}`}, {path: 'rows'}));
    expect(said).toMatch(/private address, which is not allowed in the cloud|ENOTFOUND|EAI_AGAIN/);
  });

  test.each([
    ['a redirect', '/redirect'],
    ['a next link', '/linked'],
  ])('%s to a name of a private address', async (_, path) => {
    const client = {
      base_url: 'https://api.example.com',
      allowed_hosts: ['*.example.com', `inside.example.com:${portOf(inside)}`],
    };
    const endpoint = {
      path: `${path}?to=${encodeURIComponent(`${insideUrl()}/rows`)}`,
      paginator: {type: 'json_link', next_url_path: 'next'},
      ...(path === '/linked' ? {data_selector: 'data'} : {}),
    };
    const run = await runCli(['read', '--config', configOf(client, endpoint), '--catalog', catalogOf(['rows'])], {
      environment: environmentOf({}),
    });
    expect(run.code).toBe(1);
    expect(run.messages.errors()).toMatchObject([
      {
        failure_type: 'config_error',
        message: expect.stringMatching(/private address, which is not allowed in the cloud/),
      },
    ]);
    expect(run.messages.records().map(({id}) => id)).toEqual(path === '/linked' ? [1] : []);
  });

  test.each([
    ['http', 'http://inside.example.com/rows', /use https/],
    ['an address', 'https://169.254.169.254/latest', /private address/],
    ['a decimal one', 'https://2130706433/', /private address/],
  ])('a redirect to %s, also where any host is allowed', async (_, to, message) => {
    const client = {
      base_url: 'https://api.example.com',
      allowed_hosts: ['inside.example.com', '169.254.169.254', '127.0.0.1'],
    };
    const said = await check(configOf(client, {path: `/redirect?to=${encodeURIComponent(to)}`}));
    expect(said).toMatch(message);
  });

  test.each([
    [
      'of a private name',
      () => `${insideUrl()}/token`,
      /client\.auth: .*private address, which is not allowed in the cloud/,
    ],
    ['by http', () => 'http://api.example.com/token', /use https/],
    ['of an address', () => 'https://169.254.169.254/token', /private address/],
  ])('a token URL %s', async (_, url, message) => {
    const auth = {
      type: 'oauth2_client_credentials',
      access_token_url: url(),
      client_id: 'me',
      client_secret: 'long-secret',
    };
    expect(await check(configOf({base_url: 'https://api.example.com', auth}, {path: 'rows'}))).toMatch(message);
  });

  test('a name that changes its mind between two requests', async () => {
    const paginator = {type: 'offset', limit: 2, total_path: null};
    const config = configOf({base_url: 'https://api.example.com'}, {path: 'rows', paginator});
    const run = await runCli(['read', '--config', config, '--catalog', catalogOf(['rows'])], {
      environment: environmentOf({apiNames: [['93.184.216.34'], ['10.0.0.1']]}),
    });
    expect(run.code).toBe(1);
    expect(run.messages.records().map(({id}) => id)).toEqual([1, 2]);
    expect(run.messages.errors()).toMatchObject([{failure_type: 'config_error'}]);
  });
});

test('none of them reached the inner server', () => {
  // One came by the first test, outside of the cloud.
  expect(reached).toBe(1);
});

describe('behind a proxy', () => {
  /** A proxy that joins api.example.com to its server, and everything else to the inner one. */
  async function proxied<T>(work: (proxy: string, asked: readonly string[]) => Promise<T>): Promise<T> {
    const asked: string[] = [];
    const proxy = createHttpServer();
    proxy.on('connect', (request, socket, head) => {
      asked.push(request.url ?? '');
      const target = connect(portOf(request.url === 'api.example.com:443' ? api : inside), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        target.write(head);
        target.pipe(socket).pipe(target);
      });
      for (const each of [target, socket]) each.on('error', () => undefined);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    try {
      return await work(`http://proxy.example.com:${(proxy.address() as AddressInfo).port}`, asked);
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
  }

  test('the proxy may have a private address; what is asked of it may not', async () => {
    await proxied(async (HTTPS_PROXY, asked) => {
      const environment = {HTTPS_PROXY};
      expect(await check(configOf({base_url: 'https://api.example.com'}, {path: 'rows'}), {environment})).toBe(
        'SUCCEEDED',
      );
      // What only the proxy can resolve is the proxy's to judge.
      const apiNames: readonly (readonly string[])[] = [[]];
      expect(
        await check(configOf({base_url: 'https://api.example.com'}, {path: 'rows'}), {environment, apiNames}),
      ).toBe('SUCCEEDED');
      expect(new Set(asked)).toEqual(new Set(['api.example.com:443']));
      const said = await check(configOf({base_url: insideUrl()}, {path: 'rows'}), {environment});
      expect(said).toMatch(/private address, which is not allowed in the cloud/);
      expect(new Set(asked)).toEqual(new Set(['api.example.com:443']));
    });
  });
});
