import {describe, expect, test} from 'vitest';
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

  test('gives secrets that the configuration lacks', () => {
    const text =
      'client: {base_url: "https://a.example", auth: bearer, headers: {X-Org: "{secrets.org}"}}\nresources: [a]\n';
    const {secretValues, errors} = read(text, {TOKEN: 'from-env', org: 'acme-org'});
    expect(errors).toEqual([]);
    expect(secretValues).toEqual({token: 'from-env', org: 'acme-org'});
  });
});
