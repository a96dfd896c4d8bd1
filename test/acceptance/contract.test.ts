import {expect, test} from 'vitest';
import {json, startApi} from '../support/api-server.js';
import {expectSoundRead, type Messages} from '../support/protocol.js';
import {runCli} from '../support/run-cli.js';
import {catalogOf} from './catalog-of.js';
import {endOf, failed, fine} from './ends.js';
import {numbers} from './numbers.js';

/** Tokens that are good once; `/rows` wants the access token of the last one. */
function rotation() {
  let issued = 0;
  return startApi(({path, body, headers}) => {
    if (path === '/token') {
      const given = new URLSearchParams(body).get('refresh_token');
      if (given !== `refresh-${issued}`) return json({error: 'invalid_grant'}, {status: 400});
      issued++;
      return json({access_token: `access-${issued}`, refresh_token: `refresh-${issued}`, expires_in: 3_600});
    }
    if (headers.authorization !== `Bearer access-${issued}`) return json({}, {status: 401});
    return path === '/gone' ? {status: 503} : json([{id: issued}]);
  });
}

const rotating = (url: string, resource: string): object => ({
  client: {
    base_url: url,
    paginator: 'single_page',
    retry: {max_retries: 0},
    auth: {type: 'oauth2_refresh_token', token_url: `${url}/token`, client_id: 'me', client_secret: 'client-secret'},
  },
  secrets: '# kept\nrefresh_token: refresh-0\nother: "x"\n',
  resources: [resource],
});

const controlsOf = (messages: Messages): object[] =>
  messages.all.flatMap((message) => (message.type === 'CONTROL' ? [message.control.connectorConfig.config] : []));

test.concurrent('42 a CONTROL carries the whole configuration, with which the next command runs', async () => {
  await using api = await rotation();
  let config = rotating(api.url, 'rows');
  for (const [turn, command] of ['check', 'discover', 'read', 'check', 'read'].entries()) {
    const catalog = command === 'read' ? ['--catalog', catalogOf(['rows'])] : [];
    const run = await runCli([command, '--config', config, ...catalog]);
    expect([command, ...endOf(run)]).toEqual([command, ...fine]);
    expect(run.messages.answers().map(({type}) => type)).toEqual(
      {check: ['CONNECTION_STATUS', 'CONTROL'], discover: ['CATALOG', 'CONTROL'], read: ['CONTROL']}[command],
    );
    const [control = {}] = controlsOf(run.messages);
    const secrets = `# kept\nrefresh_token: "refresh-${turn + 1}"\nother: "x"\n`;
    expect(control).toEqual({...config, secrets});
    if (command === 'read') {
      expectSoundRead(run.messages, ['rows']);
      // Stored before it is used: else a crash in between loses it.
      const types = run.messages.all.map(({type}) => type);
      expect(types.indexOf('CONTROL')).toBeLessThan(types.indexOf('RECORD'));
      expect(run.messages.records()).toEqual([{id: turn + 1}]);
    }
    config = control;
  }
});

test.concurrent('a CONTROL comes also where a TRACE ERROR takes the place of the answer', async () => {
  await using api = await rotation();
  for (const [turn, command] of ['check', 'discover'].entries()) {
    const config = {...rotating(api.url, 'gone'), secrets: `refresh_token: refresh-${turn}`};
    const run = await runCli([command, '--config', config]);
    expect(endOf(run)).toEqual(failed);
    expect(run.messages.answers().map(({type}) => type)).toEqual(['CONTROL']);
    expect(run.messages.errors()).toMatchObject([{failure_type: 'transient_error'}]);
    expect(controlsOf(run.messages)).toMatchObject([{secrets: `refresh_token: "refresh-${turn + 1}"`}]);
  }
});

test.concurrent('cloud: http, private and mapped addresses are refused, wherever they come from', async () => {
  await using api = await startApi(() => json([{id: 1}]));
  const environment = {DEPLOYMENT_MODE: 'cloud'};
  const {port} = api;
  const urls = [
    `http://127.0.0.1:${port}`,
    `https://127.0.0.1:${port}`,
    `https://[::1]:${port}`,
    `https://[::ffff:127.0.0.1]:${port}`,
    `https://localhost:${port}`,
    'https://169.254.169.254',
    'https://10.0.0.1',
    `https://2130706433:${port}`,
  ];
  const runs = await Promise.all(
    urls.map((base_url) =>
      runCli(['check', '--config', {client: {base_url, retry: {max_retries: 0}}, resources: ['rows']}], {environment}),
    ),
  );
  for (const [index, run] of runs.entries()) {
    expect([urls[index], ...endOf(run)]).toEqual([urls[index], ...fine]);
    expect([urls[index], run.messages.answers()]).toMatchObject([
      urls[index],
      [{connectionStatus: {status: 'FAILED'}}],
    ]);
  }
  expect(api.connections).toBe(0);
});

test.concurrent('full refresh: a retry of the same job does not start again, another job does', async () => {
  await using api = await startApi(({query}) => {
    const offset = Number(query.get('offset'));
    return json(numbers(offset + 1, Math.min(25, offset + 10)).map((id) => ({id})));
  });
  const config = {
    client: {base_url: api.url, paginator: {type: 'offset', limit: 10, total_path: null}},
    resources: ['rows'],
  };
  const read = (syncId: number | null, state: unknown = []) =>
    runCli([
      'read',
      '--config',
      config,
      '--catalog',
      catalogOf(['rows'], 'full_refresh', {sync_id: syncId}),
      '--state',
      Object(state),
    ]);
  const first = await read(41);
  const state: unknown = JSON.parse(first.messages.stateFile());
  const [same, other, none] = await Promise.all([read(41, state), read(42, state), read(null, state)]);
  for (const run of [first, same, other, none]) {
    expect(endOf(run)).toEqual(fine);
    expectSoundRead(run.messages, ['rows']);
  }
  expect([first, same, other, none].map(({messages}) => messages.records().length)).toEqual([25, 0, 25, 25]);
});

test.concurrent('an unchanged stream still has a state, and one without rows its statuses', async () => {
  await using api = await startApi(() => json([]));
  const config = {client: {base_url: api.url}, resources: ['rows', 'others']};
  const run = await runCli(['read', '--config', config, '--catalog', catalogOf(['rows', 'others'], 'incremental')]);
  expect(endOf(run)).toEqual(fine);
  expectSoundRead(run.messages, ['rows', 'others']);
  for (const name of ['rows', 'others']) {
    expect(run.messages.statuses(name)).toEqual(['STARTED', 'RUNNING', 'COMPLETE']);
    expect(run.messages.stateMessages(name).length).toBeGreaterThan(0);
  }
});

test.concurrent('a state never holds a secret, not even one that came in a link', async () => {
  const key = 'sk-link-secret-0001';
  await using api = await startApi(({query, path}) => {
    if (query.get('api_key') !== key) return json({}, {status: 401});
    if (query.get('page') === '3') return {status: 500};
    const next = Number(query.get('page') ?? 1) + 1;
    return json({data: [{id: next}], next: `${path}?page=${next}&api_key=${key}&sig=abc`});
  });
  const config = {
    client: {
      base_url: api.url,
      auth: {type: 'api_key', name: 'api_key', location: 'query', api_key: '{secrets.key}'},
      paginator: {type: 'json_link', next_url_path: 'next'},
      retry: {max_retries: 0},
    },
    secrets: `key: ${key}`,
    resources: ['rows'],
  };
  const catalog = catalogOf(['rows'], 'full_refresh', {sync_id: 9});
  const run = await runCli(['read', '--config', config, '--catalog', catalog]);
  expect(endOf(run)).toEqual(failed);
  expect(run.messages.states().at(-1)).toMatchObject({resume: {position: expect.anything()}});
  expect(JSON.stringify(run.messages.states().at(-1))).toContain('sig=abc');
  expect(run.stdout).not.toContain(key);
  await runCli(['read', '--config', config, '--catalog', catalog, '--state', JSON.parse(run.messages.stateFile())]);
  expect(api.requests.at(-1)?.query.getAll('api_key')).toEqual([key]);
  expect(api.requests.at(-1)?.query.get('page')).toBe('3');
});
