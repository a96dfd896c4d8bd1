import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {readConfig} from '../../src/config/load.js';
import {formatProblems} from '../../src/config/problem.js';
import {Secrets} from '../../src/secrets.js';
import {examples} from './examples.js';

/** Where real configurations stand, if the checkout has them beside it. */
const corpusRoot = '../shared/corpus';

interface Row {
  readonly file: string;
  readonly kind: string;
  readonly expected: string;
  readonly verdict: string;
}

/** Real configurations, where the checkout has them beside it. */
function rows(): Row[] {
  if (!existsSync(`${corpusRoot}/sources.tsv`)) return [];
  const [head = '', ...lines] = readFileSync(`${corpusRoot}/sources.tsv`, 'utf8').trim().split('\n');
  const names = head.split('\t');
  const column = (cells: readonly string[], name: string) => cells[names.indexOf(name)] ?? '';
  return lines.map((line) => {
    const cells = line.split('\t');
    return {
      file: column(cells, 'file'),
      kind: column(cells, 'kind'),
      expected: column(cells, 'expected'),
      verdict: column(cells, 'dlt_verdict'),
    };
  });
}

/** The converter's stand-ins for Python names are no URLs. */
const text = (file: string) =>
  readFileSync(`${corpusRoot}/configs/${file}`, 'utf8').replace(
    /"PLACEHOLDER_(?:base|nw_api)_url"/,
    '"https://api.example.com"',
  );

function read(source: string) {
  const {config, problems, document} = readConfig({text: source}, {secrets: new Secrets()});
  return {
    config,
    errors: formatProblems(
      problems.filter((problem) => problem.level === 'error'),
      document,
    ),
  };
}

const all = rows();
const accepted = all.filter((row) => row.expected === 'ACCEPT');

describe.runIf(all.length > 0)('corpus', () => {
  test('is complete', () => {
    expect(readdirSync(`${corpusRoot}/configs`).length).toBe(all.length);
    expect(accepted.length).toBeGreaterThan(60);
  });

  test.each(accepted.map((row) => row.file))('%s loads', (file) => {
    const {config, errors} = read(text(file));
    expect(errors).toEqual([]);
    expect(config?.resources.length).toBeGreaterThan(0);
  });

  test.each(all.filter((row) => row.expected.startsWith('ACCEPT once')).map((row) => row.file))(
    '%s: only its code is wrong',
    (file) => {
      const {errors} = read(text(file));
      for (const error of errors) expect(error).toContain('is code, which does not run here: write');
    },
  );

  test.each([
    ['062_invalid_api_key_shorthand_missing_key.json', 'client.auth.api_key is missing: put api_key into secrets'],
    ['063_invalid_unknown_client_key.json', 'client.invalid_key unknown key'],
    ['064_invalid_unknown_paginator.json', 'client.paginator unknown paginator'],
    ['067_invalid_missing_resources.json', 'resources is missing'],
    ['068_invalid_missing_client.json', 'client is missing'],
    ['055_it_form_data_body.json', 'resources[0].endpoint.data stands beside json'],
    ['014_openlibrary_cookie_auth_variant.json', 'client.auth.type '],
    ['004_trustpilot_custom_paginator.json', 'resources[1].endpoint.paginator is code'],
    ['025_zoom_cursor_custom_oauth_19_resources.json', 'oauth2_client_credentials with access_token_request_data'],
    ['037_docs_seed_resource.json', 'a list of seeds is a resource with records'],
  ])('%s is refused', (file, message) => {
    const {config, errors} = read(text(file));
    expect(config).toBeUndefined();
    expect(errors.join('\n')).toContain(message);
  });
});

test.each(examples.map((example) => [example.title, example.text]))('worked example: %s', (_, source) => {
  const {config, errors} = read(source);
  expect(errors).toEqual([]);
  expect(config?.resources.length).toBeGreaterThan(0);
});
