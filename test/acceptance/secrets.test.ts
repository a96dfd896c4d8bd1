import {beforeAll, describe, expect, test} from 'vitest';
import {type Handler, json, type Recorded, type Reply, startApi} from '../support/api-server.js';
import {type Ended, runCli} from '../support/run-cli.js';
import {catalogOf} from './catalog-of.js';

// An API that says everything it was told, and every secret there is, in every spelling, in all its answers. None may come
// out anywhere but in records and CONTROL; not even a part of one, where a text was cut.

/** Those that go into headers are ASCII. */
const secrets = {
  query: 'qüery/+=&?#% "q1Zx8" \\b <é>',
  bearer: 'bear"er\\Tk+/=%41&Xy77',
  user_password: "p@ss:w'0rd\\+/é&?=Qr55",
  header: 'h34der/+="Vb66"',
  cookie: 'c00kie-Nm12-Lk34-Jh56',
  body: 'böd{y}/secret "Gf99"\\',
  path: 'p4th-Ds31-Aw42-secret',
  number: 739104628513,
  client_secret: 'cl1ent&secret=Po%25/+Iu88',
  refresh_token: 'r3fresh/+token=="Yt44',
  login: 'l0gin:pässw"ord\\Re33',
};
const literal = 'l1teral-Ww21-Qq43-Token';
/** What the API hands out. */
const learnt = {
  access: 'acc3ss/+tok"en=Mn10',
  rotated: 'r0tated/+token\\=Bv20',
  renewed: 'ren3wed-Cx30-acc3ss',
  session: 's3ssion+/"Za40\\=',
};
const all: readonly string[] = [...Object.values(secrets).map(String), literal, ...Object.values(learnt)];

function spellings(value: string): string[] {
  const percent = encodeURIComponent(value);
  const once = JSON.stringify(value).slice(1, -1);
  const pair = Buffer.from(`user:${value}`, 'utf8');
  return [
    value,
    percent,
    percent.replace(/%../g, (code) => code.toLowerCase()),
    percent.replaceAll('%20', '+'),
    new URLSearchParams({v: value}).toString().slice(2),
    encodeURI(value),
    once,
    JSON.stringify(once).slice(1, -1),
    Buffer.from(value, 'utf8').toString('base64'),
    Buffer.from(value, 'utf8').toString('base64url'),
    once.replaceAll('/', '\\/'),
    once.replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    ...(value === secrets.user_password ? [pair.toString('base64'), pair.toString('base64url')] : []),
  ];
}

const echo = ({target, headers, body}: Recorded): string =>
  [target, JSON.stringify(headers), body, ...all.flatMap(spellings)].join('\n');

/** The kinds of answers by the first segment of the path; the second is the kind of credentials. */
const answers: Readonly<Record<string, (request: Recorded, index: number) => Reply>> = {
  refused: (request) => ({status: 403, body: echo(request)}),
  wrong: (request) => json({error: {message: echo(request)}}, {status: 400}),
  down: (request) => ({status: 500, headers: {'content-type': 'text/html'}, body: `<p>${echo(request)}</p>`}),
  broken: (request) => json(`{"data": [{"id": 1}, ${echo(request)}`),
  reported: (request) => json({ok: false, error: all.flatMap(spellings).join(' '), request: echo(request)}),
  other_host: ({query}) => ({
    status: 302,
    headers: {location: `http://127.0.0.1:2/?${query}&again=${encodeURIComponent(secrets.query)}`},
  }),
  selector: (request) => json({[secrets.query]: [{id: 1}], [echo(request)]: [{id: 2}]}),
  scalar: (request) => json({data: echo(request)}),
  cut: ({target}) => ({status: 400, body: `${'x'.repeat(Number(/\d+$/.exec(target)?.[0]))}${secrets.path}`}),
  links: (request) => {
    const next = new URLSearchParams({...Object.fromEntries(request.query), page: '2'});
    if (request.query.get('page') === '2') return {status: 500, body: echo(request)};
    return json({data: [{id: 1, echo: secrets.query}], next: `${request.path}?${next}`});
  },
};

const handler: Handler = (request, index) => {
  if (request.path === '/token') {
    const rotation = request.body.includes('refresh_token');
    if (!rotation) return json({access_token: learnt.access, expires_in: 3_600});
    return json({access_token: learnt.renewed, refresh_token: learnt.rotated, expires_in: 3_600});
  }
  if (request.path === '/login') return json({session: {token: learnt.session}});
  if (request.path === '/broken_token') return json({error: echo(request)}, {status: 400});
  return answers[request.path.split('/')[1] ?? '']?.(request, index) ?? {status: 404, body: echo(request)};
};

const api_key = (location: string, value: string) => ({type: 'api_key', name: 'X-Key', api_key: value, location});
const auths = (url: string): Readonly<Record<string, object>> => ({
  query: api_key('query', '{secrets.query}'),
  bearer: {type: 'bearer', token: '{secrets.bearer}'},
  literal: {token: literal},
  basic: {type: 'http_basic', username: 'user', password: '{secrets.user_password}'},
  header: {...api_key('header', '{secrets.header}'), prefix: 'Token'},
  cookie: api_key('cookie', '{secrets.cookie}'),
  client: {
    type: 'oauth2_client_credentials',
    access_token_url: `${url}/token`,
    client_id: 'me',
    client_secret: '{secrets.client_secret}',
  },
  rotating: {
    type: 'oauth2_refresh_token',
    token_url: `${url}/token`,
    client_id: 'me',
    client_secret: '{secrets.client_secret}',
    refresh_token: '{secrets.refresh_token}',
  },
  broken_token: {
    type: 'oauth2_client_credentials',
    access_token_url: `${url}/broken_token`,
    client_id: 'me',
    client_secret: '{secrets.client_secret}',
  },
  session: {
    type: 'session_token',
    login: {path: 'login', method: 'POST', json: {user: 'me', password: '{secrets.login}'}},
    token_path: 'session.token',
    name: 'X-Session',
  },
});

/** One resource for each kind of credentials, and for each kind of answer. */
function configuration(url: string, kind: string, check?: string): {config: object; names: string[]} {
  const paginator = 'single_page';
  const resources: {name: string; endpoint: object}[] = [
    ...Object.entries(auths(url)).map(([name, auth]) => ({
      name,
      endpoint: {path: `${kind}/${name}`, auth, paginator},
    })),
    {
      name: 'everywhere',
      endpoint: {
        path: `${kind}/{secrets.path}/{secrets.number}`,
        method: 'POST',
        params: {q: '{secrets.query}', r: 'x {secrets.header} y'},
        json: {a: '{secrets.body}', b: ['{secrets.number}']},
        headers: {'X-Other': 'k={secrets.header}'},
        paginator,
      },
    },
    {name: 'in_a_form', endpoint: {path: `${kind}/form`, method: 'POST', data: {a: '{secrets.body}'}, paginator}},
    ...Object.keys(answers).map((answer) => ({
      name: answer,
      endpoint: {
        path: answer,
        data_selector: 'data',
        ...(answer === 'links' ? {paginator: {type: 'json_link', next_url_path: 'next'}} : {paginator}),
      },
    })),
    ...[160, 170, 180, 185, 190, 195, 199].map((padding) => ({
      name: `cut_${padding}`,
      endpoint: {path: `cut/${padding}`, params: {s: '{secrets.path}', n: padding}, paginator},
    })),
  ];
  const client = {
    base_url: url,
    auth: api_key('query', '{secrets.query}'),
    retry: {max_retries: 1, backoff_factor: 0.001},
    ...(check === undefined ? {} : {check: {resources: [check]}}),
  };
  return {config: {client, secrets: JSON.stringify(secrets), resources}, names: resources.map(({name}) => name)};
}

let runs: Readonly<Record<string, Ended>>;
let sent = '';

beforeAll(async () => {
  await using api = await startApi(handler);
  const start = (command: string, kind: string, check?: string): Promise<Ended> => {
    const {config, names} = configuration(api.url, kind, check);
    const catalog = command === 'read' ? ['--catalog', catalogOf(names)] : [];
    return runCli([command, '--config', config, ...catalog, '--debug']);
  };
  const [refused, down, discover, checkRefused, checkDown, checkToken] = await Promise.all([
    start('read', 'refused'),
    start('read', 'down'),
    start('discover', 'refused'),
    start('check', 'refused', 'basic'),
    start('check', 'down', 'everywhere'),
    start('check', 'refused', 'broken_token'),
  ]);
  runs = {refused, down, discover, checkRefused, checkDown, checkToken};
  sent = api.requests
    .map((request) => `${request.target} ${JSON.stringify(request.headers)} ${request.body}`)
    .join('\n');
});

test('the API was told every secret', () => {
  for (const [name, value] of Object.entries({...secrets, literal, ...learnt})) {
    if (name === 'rotated') continue;
    const known = spellings(String(value)).some((spelling) => sent.includes(spelling));
    expect(known, name).toBe(true);
  }
});

test('the commands ended as they should, and spoke of the API', () => {
  for (const name of ['refused', 'down']) {
    expect([name, runs[name]?.code, runs[name]?.stderr]).toEqual([name, 1, '']);
    expect(runs[name]?.messages.logs('DEBUG').length).toBeGreaterThan(30);
  }
  expect(runs['checkRefused']?.messages.answers()).toMatchObject([{connectionStatus: {status: 'FAILED'}}]);
  expect(runs['checkToken']?.messages.answers()).toMatchObject([{connectionStatus: {status: 'FAILED'}}]);
  expect(runs['checkDown']?.messages.errors()).toHaveLength(1);
  const controls = runs['refused']?.messages.all.filter(({type}) => type === 'CONTROL');
  expect(JSON.stringify(controls)).toContain(JSON.stringify(JSON.stringify(learnt.rotated).slice(1, -1)).slice(1, -1));
});

describe('no secret comes out', () => {
  test.each(['refused', 'down', 'discover', 'checkRefused', 'checkDown', 'checkToken'])('%s', (name) => {
    const {messages} = runs[name] ?? {};
    const said = (messages?.all ?? []).filter(({type}) => type !== 'RECORD' && type !== 'CONTROL');
    const text = said.flatMap((message) => [JSON.stringify(message), ...strings(message)]).join('\n');
    expect(text.length).toBeGreaterThan(300);
    expect(leaks(text)).toEqual([]);
  });
});

/** Every text within a message, as it is. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [key, ...strings(member)]);
}

/** Characters of a secret that nobody can have written by chance. */
const part = 13;

/** Secrets and parts of them, with what stands around them. */
function leaks(text: string): string[] {
  const found = new Set<string>();
  for (const secret of all) {
    for (const spelling of spellings(secret)) {
      for (let at = 0; at + part <= Math.max(part, spelling.length); at += 3) {
        const place = text.indexOf(spelling.slice(at, at + part));
        if (place >= 0) found.add(`${secret}: …${text.slice(Math.max(0, place - 60), place + 40)}…`);
      }
    }
  }
  return [...found];
}
