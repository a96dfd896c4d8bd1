import {describe, expect, test} from 'vitest';
import {openText, openValue} from '../../src/config/open-document.js';
import {writeBack} from '../../src/config/write-back.js';

const path = ['client', 'auth', 'refresh_token'];
const stored = (result: ReturnType<typeof writeBack>) => {
  if (!result.stored) throw new Error(result.reason);
  return {config: JSON.parse(JSON.stringify(result.config)), text: result.text};
};

describe('where a rotated token is stored', () => {
  test('at its literal place, everything else as received', () => {
    const value = {client: {auth: {refresh_token: 'old', client_id: 'c'}}, resources: ['a'], extra: null};
    expect(stored(writeBack(openValue(value), path, 'new'))).toEqual({
      config: {client: {auth: {refresh_token: 'new', client_id: 'c'}}, resources: ['a'], extra: null},
      text: undefined,
    });
    expect(value.client.auth.refresh_token).toBe('old');
  });

  test('in YAML text with its comments', () => {
    const text = '# mine\nclient:\n  auth: # here\n    refresh_token: old # rotates\n';
    expect(stored(writeBack(openText(text), path, 'new'))).toEqual({
      config: {client: {auth: {refresh_token: 'new'}}},
      text: text.replace('old', '"new"'),
    });
  });

  test.each([
    ['an object', {rt: 'old', other: 'x'}, {rt: 'new', other: 'x'}],
    ['YAML text', '# mine\nrt: old # rotates\nother: 007\n', '# mine\nrt: "new" # rotates\nother: 007\n'],
    ['JSON text', '{"rt": "old", "other": "x"}', '{"rt": "new", "other": "x"}'],
  ])('in secrets as %s', (_, secrets, after) => {
    const value = {client: {auth: {refresh_token: '{secrets.rt}'}}, secrets};
    expect(stored(writeBack(openValue(value), path, 'new')).config).toEqual({...value, secrets: after});
  });

  test('a missing one in secrets under its own name', () => {
    const value = {client: {auth: 'oauth2_refresh_token'}, secrets: 'refresh_token: old'};
    expect(stored(writeBack(openValue(value), path, 'new')).config.secrets).toBe('refresh_token: "new"');
  });

  test('in the config text only that scalar', () => {
    const config = 'client:\n  auth:\n    refresh_token: old # rotates\n    client_id: &id c\nresources: [a]\n';
    expect(stored(writeBack(openValue({config, auth: {type: 'none'}}), path, 'new')).config).toEqual({
      config: config.replace('old', '"new"'),
      auth: {type: 'none'},
    });
    const outer = openText(JSON.stringify({config}));
    const {config: value, text} = stored(writeBack(outer, path, 'new'));
    expect(JSON.parse(text ?? '')).toEqual(value);
  });

  test('in secrets beside or within the config text', () => {
    const config = 'client: {auth: {refresh_token: "{secrets.rt}"}}\nsecrets:\n  rt: old\n';
    expect(stored(writeBack(openValue({config}), path, 'new')).config.config).toBe(
      config.replace('rt: old', 'rt: "new"'),
    );
    expect(stored(writeBack(openValue({config, secrets: '{"rt": "old"}'}), path, 'new')).config).toEqual({
      config,
      secrets: '{"rt": "new"}',
    });
    const nested = `client: {auth: {refresh_token: "{secrets.rt}"}}\nsecrets: ${JSON.stringify('rt: old')}\n`;
    expect(openText(stored(writeBack(openValue({config: nested}), path, 'new')).config.config).value).toMatchObject({
      secrets: 'rt: "new"',
    });
  });

  test('at the field of the form, of resource_defaults, of a list, of the grant data', () => {
    const form = {
      base_url: 'https://a.example',
      auth: {type: 'oauth2_refresh_token', refresh_token: 'old'},
      client: null,
    };
    expect(stored(writeBack(openValue(form), path, 'new')).config.auth.refresh_token).toBe('new');
    const defaults = {resource_defaults: {endpoint: {auth: {refresh_token: 'old'}}}, resources: [{name: 'a'}]};
    const at = ['resources', 0, 'endpoint', 'auth', 'refresh_token'];
    expect(stored(writeBack(openValue(defaults), at, 'new')).config.resource_defaults.endpoint.auth.refresh_token).toBe(
      'new',
    );
    const list = {client: {auth: [{token: 'x'}, {refresh_token: 'old'}]}};
    expect(
      stored(writeBack(openValue(list), ['client', 'auth', 1, 'refresh_token'], 'new')).config.client.auth,
    ).toEqual([{token: 'x'}, {refresh_token: 'new'}]);
    const grant = {client: {auth: {access_token_request_data: {grant_type: 'refresh_token', refresh_token: 'old'}}}};
    expect(
      stored(writeBack(openValue(grant), path, 'new')).config.client.auth.access_token_request_data.refresh_token,
    ).toBe('new');
  });

  test('exact numbers and key order survive', () => {
    const document = openText('{"z": 9007199254740993, "client": {"auth": {"refresh_token": "old"}}, "a": 1}');
    expect(stored(writeBack(document, path, 'new')).text).toBe(
      '{"z": 9007199254740993, "client": {"auth": {"refresh_token": "new"}}, "a": 1}',
    );
  });

  test.each([
    [{client: {auth: {refresh_token: `\${RT}`}}}, 'comes from the environment'],
    [{client: {auth: {refresh_token: '{secrets.rt}'}}, secrets: {rt: `\${RT}`}}, 'comes from the environment'],
    [{client: {auth: {refresh_token: '{secrets.rt}'}}}, 'comes from the environment'],
    [{client: {auth: {refresh_token: 'a-{secrets.rt}'}}, secrets: {rt: 'x'}}, 'is not one written value'],
    [[], 'could not be read'],
  ])('%j is not stored', (value, reason) => {
    const result = writeBack(openValue(value), path, 'new');
    expect(result).toEqual({stored: false, reason: expect.stringContaining(reason)});
  });
});
