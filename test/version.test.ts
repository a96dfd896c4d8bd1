import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {version} from '../src/version.js';

const file = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const dockerfile = file('Dockerfile');

test('the version is the same everywhere', () => {
  expect(JSON.parse(file('package.json')).version).toBe(version);
  expect(/dockerImageTag: (.+)/.exec(file('metadata.yaml'))?.[1]).toBe(version);
  expect(/io\.airbyte\.version="([^"]+)"/.exec(dockerfile)?.[1]).toBe(version);
  expect(file('CHANGELOG.md')).toContain(`## ${version}`);
});

test('the image carries the name of metadata.yaml', () => {
  const repository = /dockerRepository: (.+)/.exec(file('metadata.yaml'))?.[1];
  expect(/io\.airbyte\.name="([^"]+)"/.exec(dockerfile)?.[1]).toBe(repository);
});

test('AIRBYTE_ENTRYPOINT is the ENTRYPOINT, with absolute paths', () => {
  const entrypoint: unknown = JSON.parse(/^ENTRYPOINT (.+)$/m.exec(dockerfile)?.[1] ?? '[]');
  const variable = /AIRBYTE_ENTRYPOINT="([^"]+)"/.exec(dockerfile)?.[1];
  expect(Array.isArray(entrypoint) && entrypoint.join(' ')).toBe(variable);
  expect(variable).toMatch(/^\/\S+ \/\S+$/);
});
