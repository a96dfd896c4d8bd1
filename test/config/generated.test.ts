import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {protocolTypes} from '../../scripts/generate/protocol.js';
import {reference} from '../../scripts/generate/reference.js';
import {specJson} from '../../scripts/generate/spec.js';

const read = (path: string) => readFileSync(path, 'utf8');

describe('generated files are up to date (npm run generate)', () => {
  test('spec.json', () => {
    expect(read('spec.json')).toBe(specJson());
  });

  test('docs/configuration.md', () => {
    expect(read('docs/configuration.md')).toBe(reference(read('scripts/generate/examples.yaml')));
  });

  test('src/airbyte/protocol.generated.ts', async () => {
    expect(read('src/airbyte/protocol.generated.ts')).toBe(
      await protocolTypes(read('src/airbyte/protocol.schema.json')),
    );
  });
});

test('the reference describes every key', () => {
  const text = reference(read('scripts/generate/examples.yaml'));
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows.length).toBeGreaterThan(120);
  expect(rows.filter((row) => / \| {2}\|$| \| any \| /.test(row))).toEqual([]);
  for (const type of [
    'offset',
    'page_number',
    'cursor',
    'json_link',
    'header_link',
    'header_cursor',
    'single_page',
    'auto',
    'bearer',
    'api_key',
    'http_basic',
  ]) {
    expect(text).toContain(`### ${type}\n`);
  }
});
