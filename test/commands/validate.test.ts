import {describe, expect, test} from 'vitest';
import {startApi} from '../support/api-server.js';
import {desk} from './try-support.js';

const broken = `client:
  base_url: https://api.acme.io
  headers:
    x-team: data
  auth:
    type: bearer
    # the token of the robot
    token: "{secrets.token}"
resources:
  - repos
  - users
  - name: orders
    endpoint:
      data_selecter: data
  - name: issues
    endpoint:
      path: repos/{resources.repo.id}/issues
  - name: legacy
    endpoint:
      auth: {type: basic, username: me, password: "{secrets.pw}"}  # kept
`;

describe('validate', () => {
  test('a secret that is nowhere, and an environment file in YAML, say where to put it', async () => {
    const config = 'client: {base_url: "https://a.example", auth: {token: "{secrets.token}"}}\nresources: [a]\n';
    const {lines, code} = await desk(config, 'token: sekret-one\n').run(['validate']);
    expect(lines).toEqual([
      ' !                           acme.env: token is written with a colon and not read: write token=value',
      ' ✘ 1:48   client.auth.token  {secrets.token}: no secret "token"; secrets is empty; or give TOKEN in the environment or in acme.env',
      '1 error, 1 warning, 1 resource',
    ]);
    expect(code).toBe(2);
    const bare = await desk(config.replace('{token: "{secrets.token}"}', 'bearer')).run(['explain']);
    expect(bare.err).toContain('put token into secrets');
    expect(bare.err).toMatch(/; or give TOKEN in the environment or in .*acme\.env/);
    const quoted = await desk(config, 'TOKEN="line one\nnote: two\n"\n').run(['validate']);
    expect(quoted.lines).toEqual([
      ' i 1:48   client.auth.token  {secrets.token}: given in acme.env',
      '0 errors, 0 warnings, 1 resource',
    ]);
  });

  test('a form as a file: problems stand at its fields, lines and columns', async () => {
    const form =
      'base_url: https://a.example\nstreams:\n  - name: a\n    path: x/{resources.b.id}\n    pagination: {type: offset, limt: 5}\n';
    const {lines} = await desk(form).run(['validate']);
    expect(lines.slice(0, -1)).toEqual([
      ' ✘ 4:5    streams[0].path             {resources.b.…}: no resource "b"; there are a',
      expect.stringMatching(/^ ✘ 5:32 {3}streams\[0\]\.pagination\.limt {2}unknown key; did you mean limit\?/),
    ]);
  });

  test('everything at once, in the order of the text, with places and what to write', async () => {
    const {code, lines, err} = await desk(broken, 'token=sekret-one\npw=sekret-two\n').run(['validate']);
    expect(lines).toEqual([
      ' i 8:5     client.auth.token                    {secrets.token}: given in acme.env',
      ' ✘ 14:7    resources[2].endpoint.data_selecter  unknown key; did you mean data_selector?',
      expect.stringMatching(/^ ✘ 17:7 {4}resources\[3\]\.endpoint\.path {9}.*repo.*there are.*repos, users/),
      expect.stringMatching(/^ ! 20:14 {3}resources\[4\]\.endpoint\.auth\.type {4}.*http_basic \(--fix writes it\)$/),
      ' i 20:41   resources[4].endpoint.auth.password  {secrets.pw}: given in acme.env',
      '2 errors, 1 warning (1 fixable), 5 resources',
    ]);
    expect([code, err]).toEqual([2, '']);
  });

  test('--fix writes the canonical words and nothing else; --diff shows them', async () => {
    const good = broken.replace('selecter', 'selector').replace('resources.repo.id', 'resources.repos.id');
    const at = desk(good, 'token=sekret-one\npw=sekret-two\n');
    const shown = await at.run(['validate', '--fix', '--diff']);
    expect(shown.lines).toContain('-      auth: {type: basic, username: me, password: "{secrets.pw}"}  # kept');
    expect(shown.lines).toContain('+      auth: {type: http_basic, username: me, password: "{secrets.pw}"}  # kept');
    expect(at.text()).toBe(good);
    const fixed = await at.run(['validate', '--fix']);
    expect(at.text()).toBe(good.replace('type: basic', 'type: http_basic'));
    expect(fixed.lines.at(-1)).toBe('0 errors, 0 warnings, 5 resources');
    expect([shown.code, fixed.code]).toEqual([0, 0]);
    expect((await at.run(['validate', '--fix', '--diff'])).out).not.toContain('@@');
  });

  test('words that stand for others in another place keep the comments around them', async () => {
    const at = desk(`client: {base_url: "https://x.io"}
resources:
  - name: a  # one
    endpoint:
      # how often
      error_handler: {max_retries: 7, ignore_status_codes: [404]}
      paginator: {type: offset, page_size: 50}  # small
`);
    const {code} = await at.run(['validate', '--fix']);
    expect(code).toBe(0);
    expect(at.text()).toContain(
      '  - name: a  # one\n    endpoint:\n      # how often\n      retry: {max_retries: 7}\n',
    );
    expect(at.text()).toContain('response_actions: [{');
    expect(at.text()).toContain('      paginator: {type: offset, limit: 50}  # small\n');
  });

  test('--strict, --format json, --format github, --quiet', async () => {
    const at = desk(
      broken.replace('selecter', 'selector').replace('resources.repo.id', 'resources.repos.id'),
      'token=t0ken\npw=passw\n',
    );
    expect((await at.run(['validate'])).code).toBe(0);
    expect((await at.run(['validate', '--strict'])).code).toBe(2);
    const json = JSON.parse((await at.run(['validate', '--format', 'json'])).out);
    expect(json).toMatchObject({errors: 0, warnings: 1, fixable: 1, resources: 5});
    expect(json.problems[1]).toMatchObject({
      level: 'warning',
      line: 20,
      column: 14,
      path: 'resources[4].endpoint.auth.type',
    });
    expect((await at.run(['validate', '--format', 'github'])).lines).toContainEqual(
      expect.stringMatching(/^::warning file=acme\.yaml,line=20,col=14,title=resources\[4\]\.endpoint\.auth\.type::/),
    );
    expect((await at.run(['validate', '--quiet'])).lines).toHaveLength(2);
    const wrong = await at.run(['validate', '--format', 'xml']);
    expect([wrong.code, wrong.err]).toEqual([2, '--format xml: must be text, json or github\n']);
  });

  test('no request, no secret, whatever the configuration says', async () => {
    await using api = await startApi(() => ({status: 500}));
    const at = desk(`client:
  base_url: ${api.url}
  auth: {type: oauth2_client_credentials, client_id: me, client_secret: in-clear-1234, access_token_url: ${api.url}/token}
resources: [{name: a, endpoint: {path: "x/{secrets.seg}", params: {k: "in-clear-1234 {nope.x}"}}}]
secrets: {seg: segment-secret}
`);
    const {out, err} = await at.run(['validate']);
    expect(out + err).not.toMatch(/in-clear-1234|segment-secret/);
    expect(out).toContain('a secret in clear');
    expect(api.requests).toEqual([]);
  });

  test('what is no file, no YAML, no object', async () => {
    const at = desk('client: {base_url: "https://x.io"\nresources: [a]\n');
    const bad = await at.run(['validate']);
    expect(bad.code).toBe(2);
    expect(bad.lines.at(-1)).toBe('1 error, 0 warnings, 0 resources');
    const missing = await at.run(['validate', '/nowhere/acme.yaml']);
    expect([missing.code, missing.err]).toEqual([2, '--config /nowhere/acme.yaml: there is no such file\n']);
  });
});
