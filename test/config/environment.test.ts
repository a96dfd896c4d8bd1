import {describe, expect, test} from 'vitest';
import {readConfig} from '../../src/config/load.js';
import {Secrets} from '../../src/secrets.js';
import {api, read} from './read.js';

describe('environment', () => {
  test('is replaced after parsing, only where it is given; unset is an error', () => {
    const text = `client: {base_url: "https://\${HOST}", auth: {token: "\${TOKEN}"}}\nresources: ["\${NAME}"]\n`;
    const {config, secrets, warnings} = read(text, {HOST: 'h.example', TOKEN: 'a: "b"', NAME: 'posts'});
    expect(config?.client.base_url).toBe('https://h.example');
    expect(config?.client.auth[0]?.options['token']).toBe('a: "b"');
    expect(config?.resources[0]?.name).toBe('posts');
    expect(secrets.has('a: "b"')).toBe(true);
    expect(warnings).toEqual([]);
    expect(read(text, {}).errors.join('\n')).toContain(`resources[0] \${NAME} is not set in the environment`);
    expect(read(`${api}resources: ["\${NAME}"]`).config?.resources[0]?.name).toBe(`\${NAME}`);
  });

  test('a value under the name of a secret is one wherever it stands', () => {
    const text = `${api}resources: [{name: a, endpoint: {params: {k: "\${ACME_API_KEY}", t: "\${ACME_TEAM}"}}}]\n`;
    const {secrets} = read(text, {ACME_API_KEY: 'from-env', ACME_TEAM: 'blue-team'});
    expect([secrets.has('from-env'), secrets.has('blue-team')]).toEqual([true, false]);
  });

  test('gives secrets that the configuration lacks', () => {
    const text =
      'client: {base_url: "https://a.example", auth: bearer, headers: {X-Org: "{secrets.org}"}}\nresources: [a]\n';
    const {secretValues, errors} = read(text, {TOKEN: 'from-env', org: 'acme-org'});
    expect(errors).toEqual([]);
    expect(secretValues).toEqual({token: 'from-env', org: 'acme-org'});
  });
});

describe('names that are not filled in', () => {
  const aKey = `$${'{A_KEY}'}`;
  const api = `client: {base_url: "https://a.example", auth: {type: api_key, api_key: "${aKey}"}}\nresources: [a]\n`;

  test('are named where they are missing, and once', () => {
    expect(read(api, {}).errors).toEqual([`1:63 client.auth.api_key ${aKey} is not set in the environment`]);
  });

  test('are named within a text, whose written part stays a secret', () => {
    const {errors, secrets} = read(api.replace(aKey, `sk_live_12345${aKey}`), {});
    expect(errors).toEqual([expect.stringContaining(`client.auth.api_key ${aKey} is not set`)]);
    expect(secrets.has('sk_live_12345')).toBe(true);
  });

  test('are a warning of their own where the environment is not used', () => {
    expect(read(`${api}secrets: {b: "\${B}"}\n`).warnings).toEqual([
      expect.stringMatching(
        /^1:63 client\.auth\.api_key \$\{A_KEY\} is not filled in here \(nor \$\{B\}\): with --env .* secrets as a_key/,
      ),
    ]);
    expect(read(api.replace(aKey, 'sk_live_12345')).warnings).toEqual([expect.stringContaining('a secret in clear')]);
  });
});

describe('the part of a Kubernetes Indexed Job', () => {
  const document = {client: {base_url: 'https://api.example.com'}, resources: ['users']};
  const shardOf = (more: object, env: Readonly<Record<string, string>>) =>
    readConfig({text: JSON.stringify({...document, ...more})}, {secrets: new Secrets(), env});

  test('comes from JOB_COMPLETION_INDEX and SHARD_COUNT', () => {
    expect(shardOf({}, {JOB_COMPLETION_INDEX: '2', SHARD_COUNT: '8'}).config?.shard).toEqual({index: 2, of: 8});
  });

  test('is none where one of them is missing', () => {
    expect(shardOf({}, {JOB_COMPLETION_INDEX: '2'}).config?.shard).toBeUndefined();
  });

  test('gives way to the document', () => {
    const {config} = shardOf({shard: {index: 0, of: 2}}, {JOB_COMPLETION_INDEX: '2', SHARD_COUNT: '8'});
    expect(config?.shard).toEqual({index: 0, of: 2});
  });

  test.each([
    ['x', '8'],
    ['8', '8'],
  ])('index %s of %s is an error', (index, of) => {
    const {problems} = shardOf({}, {JOB_COMPLETION_INDEX: index, SHARD_COUNT: of});
    expect(problems.filter(({level}) => level === 'error').map(({path}) => path[0])).toEqual(['shard']);
  });
});
