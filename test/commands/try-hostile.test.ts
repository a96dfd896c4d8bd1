import {expect, test} from 'vitest';
import {redactJson, visible} from '../../src/commands/people/screen.js';
import {Secrets} from '../../src/secrets.js';
import {json, startApi} from '../support/api-server.js';
import {FakeClock} from '../support/fake-clock.js';
import {desk} from './try-support.js';

const secret = 'sk_live_4242424242';
const everywhere = ['--show', 'requests,headers,bodies,schema,state,curl', '--row', '1', '--then'];

test('an API that echoes the credentials: in bodies, headers, links, errors and names they are masked', async () => {
  await using api = await startApi({
    '/a': ({query, headers}) =>
      json(
        {
          data: [
            {
              id: 1,
              [`k_${secret}`]: secret,
              b64: Buffer.from(secret).toString('base64'),
              q: query.get('key'),
              all: headers,
            },
            {id: 2, updated_at: secret},
          ],
          next: `/a?page=2&echo=${secret}`,
        },
        {headers: {'x-echo': secret}},
      ),
    '/b': () => json({error: `bad key ${secret}`}, {status: 403}),
  });
  const at = desk(
    `client:
  base_url: ${api.url}
  auth: {type: api_key, name: key, api_key: "{secrets.key}", location: query}
resources:
  - {name: a, endpoint: {paginator: json_link, incremental: {cursor_path: updated_at}}}
  - b
`,
    `key=${secret}\n`,
  );
  for (const args of [
    ['try', 'a', ...everywhere],
    ['try', 'b', ...everywhere],
    ['try', '--all'],
    ['try', 'a', 'b', '--json', '--then'],
    ['try', 'a', '--quiet'],
  ]) {
    const {out, err} = await at.run(args);
    const text = out + err;
    expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(secret).toString('base64'));
  }
  const {out} = await at.run(['try', 'b']);
  expect(out).toContain('403');
  expect(out).toContain('bad key ****');
});

test('a secret that is a number stays JSON when it is masked', async () => {
  await using api = await startApi({'/a': () => json('[{"id":1,"pin":123456,"t":"a 123456 b"}]')});
  const at = desk(`client: {base_url: "${api.url}", auth: bearer}\nresources: [a]\n`, 'token=123456\n');
  const {events} = await at.run(['try', '--json']);
  expect(events.find(({type}) => type === 'record')).toMatchObject({data: {id: 1, pin: '****', t: 'a **** b'}});
  const secrets = new Secrets();
  secrets.add('","x":"');
  expect(() => JSON.parse(redactJson('{"a":"","x":""}', (text) => secrets.redact(text)))).not.toThrow();
});

test('nothing that a terminal obeys leaves: not in values, names, statuses, headers or errors', async () => {
  const evil = '\u001b[2J\u001b]0;owned\u0007\u009b31m\r\u202egnp.exe\u2028\ufeff';
  await using api = await startApi({
    '/a': () => json([{id: 1, [`n${evil}`]: evil, deep: {name: evil}}, {id: 2}]),
    '/b': () => ({status: 400, body: evil}),
  });
  const at = desk(`client: {base_url: "${api.url}"}\nresources: [a, b]\n`);
  for (const args of [
    ['try', 'a', ...everywhere],
    ['try', 'b', ...everywhere],
    ['try', '--json'],
    ['try', '--all'],
  ]) {
    const {out, err} = await at.run(args, {
      host: {terminal: {stdout: true, stderr: true, columns: 100}, environment: {NO_COLOR: '1'}},
    });
    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e\u2028\ufeff]/u);
    expect(err.replaceAll('\r\u001b[K', '').replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
  }
  expect(visible('a\u001b[1mb\nc')).toBe('a\\u001b[1mb\nc');
});

test('a terminal: colours, its width, progress on stderr; NO_COLOR and --quiet', async () => {
  await using api = await startApi({
    '/a': () =>
      json(
        Array.from({length: 3}, (_, k) => ({
          id: k,
          text: 'x'.repeat(200),
          more: 'y'.repeat(60),
          other: 'z'.repeat(40),
        })),
      ),
    '/b': () => json({}, {status: 404}),
  });
  const at = desk(`client: {base_url: "${api.url}"}\nresources: [a, b]\n`);
  const terminal = {terminal: {stdout: true, stderr: true, columns: 60}, environment: {}};
  const all = await at.run(['try', 'a', 'b'], {host: terminal});
  expect(all.out).toContain('\u001b[31m ✘\u001b[0m b: ');
  expect(all.err).toContain('\r\u001b[K');
  const table = all.lines.slice(
    all.lines.indexOf('rows (3)'),
    all.lines.findIndex((line) => line.startsWith('schema')),
  );
  expect(table.every((line) => line.length <= 60)).toBe(true);
  expect(table.at(-1)).toContain('more fields: --row 1 shows them');
  const plain = await at.run(['try', 'a', 'b'], {host: {...terminal, environment: {NO_COLOR: '1'}}});
  expect(plain.out).not.toContain('\u001b');
  const quiet = await at.run(['try', 'a', 'b', '--quiet'], {host: terminal});
  expect(quiet.lines.every((line) => /✘|!/.test(line))).toBe(true);
  expect(quiet.err).toBe('');
});

test('strange but legal: exact numbers, falsy values, duplicate and unicode keys, nothing, much', async () => {
  const big = '123456789012345678901234567890.10';
  await using api = await startApi({
    '/a': () => json(`[{"id":0,"n":${big},"":"","ключ":"値","__proto__":false,"id2":null},{"id":1,"n":1}]`),
    '/empty': () => json([]),
    '/null': () => json('null'),
    '/scalars': () => json({data: [1, 'two', null, [3]]}),
    '/deep': () => json(`[{"id":1,"d":${'['.repeat(3_000)}${']'.repeat(3_000)}}]`),
  });
  const at = desk(`client: {base_url: "${api.url}"}\nresources: [a, empty, "null", scalars, deep]\n`);
  const a = await at.run(['try', 'a', '--row', '1', '--json']);
  expect(a.out).toContain(`"n":${big}`);
  expect((await at.run(['try', 'a', '--row', '1'])).out).toContain(`  "n": ${big},\n  "": "",\n  "ключ": "値"`);
  for (const name of ['empty', 'null']) {
    const {code, out} = await at.run(['try', name, '--row', '1', '--then']);
    expect([code, out.includes('rows (0)'), out.includes('row 1: there are 0 rows')]).toEqual([0, true, true]);
  }
  expect((await at.run(['try', 'scalars'])).out).toContain('two');
  expect((await at.run(['try', 'deep', '--json'])).code).toBe(0);
});

test('an outage: every attempt is in the row of its request', async () => {
  await using api = await startApi({
    '/a': (_, index) => (index < 2 ? {status: 503} : json([{id: 1}])),
    '/b': () => ({status: 503}),
  });
  const clock = new FakeClock();
  const at = desk(`client: {base_url: "${api.url}"}\nresources: [a, b]\n`);
  const {lines} = await at.run(['try', 'a'], {clock});
  expect(lines.find((line) => line.startsWith('  1 '))).toMatch(
    /503 .* – {2}waited 2 s, then 503, waited 4 s, then 200, 1 row$/,
  );
  const b = await at.run(['try', 'b'], {clock});
  expect(b.code).toBe(1);
  expect(b.out).toMatch(/then 503, waited 8 s, then 503\n/);
  expect(b.out).toContain('  failed after 0 rows');
});

test('nothing answers, or something that speaks no TLS: said once, with how often and what to look at', async () => {
  const api = await startApi({});
  const spoken = desk(`client: {base_url: "${api.url.replace('http:', 'https:')}"}\nresources: [a]\n`);
  const {out} = await spoken.run(['try', 'a'], {clock: new FakeClock()});
  expect(out).toContain(
    'no TLS is spoken at this port: is it http:// rather than https://?, 4 times; waited 2 s, 4 s, 8 s\n',
  );
  const gone = desk(`client: {base_url: "${api.url}"}\nresources: [a]\n`);
  await api[Symbol.asyncDispose]();
  const {lines, code} = await gone.run(['try', 'a'], {clock: new FakeClock()});
  expect(lines.find((line) => line.startsWith('  1 '))).toMatch(
    / – {2}connect ECONNREFUSED [\d.:]+, 4 times; waited 2 s, 4 s, 8 s$/,
  );
  // That nothing can be inferred follows from the failure.
  expect(lines.filter((line) => line.startsWith(' !'))).toEqual([]);
  expect(code).toBe(1);
});
