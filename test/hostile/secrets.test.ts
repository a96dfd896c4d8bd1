import {expect, test} from 'vitest';
import {withoutSecrets} from '../../src/plan/without-secrets.js';
import {Secrets} from '../../src/secrets.js';
import {attempt, source} from '../dlt/run.js';
import {json, startApi} from '../support/api-server.js';

const secret = 'PLANTED/val+ue=&"<x>';
const quoted = JSON.stringify(secret).slice(1, -1);
const percent = encodeURIComponent(secret);
const base64 = Buffer.from(secret).toString('base64');
const utf16 = Buffer.from(`{"error":"${quoted}"}`, 'utf16le');

const echoes: Readonly<Record<string, string | Buffer>> = {
  'as it is': secret,
  'in JSON': quoted,
  'in JSON as PHP writes it': quoted.replaceAll('/', '\\/'),
  'in JSON as .NET writes it': quoted.replace(/[<>&+]/g, (c) => `\\u00${c.charCodeAt(0).toString(16).toUpperCase()}`),
  'in HTML': secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&#34;'),
  'percent-encoded twice': encodeURIComponent(percent),
  'in base64': base64,
  'in UTF-16': utf16,
  'in UTF-16, the other way': Buffer.from(utf16).swap16(),
  'behind blanks, where the excerpt is cut': ' '.repeat(65_536 - 15) + secret,
};

test.each(Object.entries(echoes))('a secret that an error echoes %s is masked', async (_, body) => {
  await using api = await startApi({'/a': {status: 403, body}});
  const config = source(api, ['a'], {auth: {token: '{secrets.t}'}}, {secrets: {t: secret}});
  const run = await attempt(api, config);
  expect(run.errors).toContain('answered 403');
  const said = JSON.stringify(run.messages.all).replaceAll(/\\u0000|[\0\s]/g, '');
  expect(said).not.toMatch(/PLANTED|UExBTlRFRC/);
});

const umlauts = 'PLANTED-Geheimnißvoll-é7tail99';

test.each([
  ['in Latin-1 by its name', 'text/plain; charset=iso-8859-1', Buffer.from(umlauts, 'latin1')],
  ['in Latin-1 without a name', 'text/plain', Buffer.from(umlauts, 'latin1')],
  ['in UTF-16 by its name', 'text/plain; charset=utf-16le', Buffer.from(umlauts, 'utf16le')],
  [
    'in UTF-16 behind an odd byte',
    'text/plain',
    Buffer.from(` ${Buffer.from(umlauts, 'utf16le').toString('latin1')}`, 'latin1'),
  ],
])('a secret that is no ASCII is masked %s', async (_, type, body) => {
  await using api = await startApi({'/a': {status: 403, body, headers: {'content-type': type}}});
  const config = source(api, ['a'], {auth: {token: '{secrets.t}'}}, {secrets: {t: umlauts}});
  const run = await attempt(api, config);
  expect(run.errors).toContain('answered 403');
  expect(JSON.stringify(run.messages.all).replaceAll(/\\u0000|[\0\s]/g, '')).not.toMatch(/PLANTED|tail99|voll/);
});

const host = 'https://api.example/a?page=2';
const links: Readonly<Record<string, string>> = {
  'a parameter': `${host}&key=${percent}`,
  'a part of one': `${host}&auth=Bearer%20${percent}`,
  'one encoded twice': `${host}&r=${encodeURIComponent(percent)}`,
  'one in base64': `${host}&r=${encodeURIComponent(base64)}`,
  'one that was not encoded': `${host}&key=PLANTED/val+ue=`,
  'the name of one': `${host}&${percent}=1`,
  'one behind a semicolon': `${host};key=${percent}`,
  'the user': `https://u:${percent}@api.example/a?page=2`,
  'the fragment': `${host}#${percent}`,
  'a parameter of the authenticator': `${host}&api_key=other`,
};

test.each(Object.entries(links))('a position in state keeps no secret in %s of its link', (_, given) => {
  const secrets = new Secrets();
  secrets.add(secret);
  secrets.add('PLANTED/val+ue=');
  expect(withoutSecrets({link: given, pages: 1}, ['api_key'], secrets)).toEqual({link: host, pages: 1});
});

test.each(['tok-PLANTED/val+ue=', 'https://api.example/PLANTED%2Fval%2Bue%3D/a?page=2'])(
  'a position that is made of a secret is not kept: %s',
  (given) => {
    const secrets = new Secrets();
    secrets.add('PLANTED/val+ue=');
    expect(withoutSecrets({cursor: given}, [], secrets)).toBeUndefined();
  },
);

test.each(['a?b&', 'c?', 'x=1;', 'm@n#o', 'AAA&BBB==', '?page=2&'])(
  'a position without one stays as it is: %s',
  (given) => {
    const secrets = new Secrets();
    secrets.add(secret);
    expect(withoutSecrets({cursor: given}, ['api_key'], secrets)).toEqual({cursor: given});
  },
);

test('a token of megabytes is refused before anything is made of it', async () => {
  await using api = await startApi({
    'POST /token': json({access_token: 'T'.repeat(2_000_000)}),
    'POST /login': json({token: 'T'.repeat(2_000_000)}),
  });
  const auths = {
    oauth: {type: 'oauth2_client_credentials', token_url: `${api.url}/token`, client_id: 'x', client_secret: 'secret'},
    session: {type: 'session_token', login: {path: '/login', method: 'POST'}, token_path: 'token'},
  };
  const resources = Object.entries(auths).map(([name, auth]) => ({name, endpoint: {path: 'a', auth}}));
  const run = await attempt(api, source(api, resources, {retry: {max_retries: 0}}));
  expect(run.errors).toMatch(/oauth: .*access_token of the answer has 2000000 characters/);
  expect(run.errors).toMatch(/session: .*token of the answer has 2000000 characters/);
});
