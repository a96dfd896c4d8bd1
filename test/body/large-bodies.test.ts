import {expect, test} from 'vitest';
import {BodyError} from '../../src/body/body-error.js';
import {createDecoder} from '../../src/body/decode.js';
import type {Selection} from '../../src/body/page.js';
import {compilePath} from '../../src/json/path.js';

const selection = (path?: string): Selection => ({
  path: path === undefined ? undefined : compilePath(path),
  required: undefined,
  keyAs: undefined,
  names: [],
  key: [],
  entity: false,
  strict: false,
});

const decode = (body: Buffer, path?: string) =>
  createDecoder({want: {records: selection(path), fields: [], facts: []}, format: 'auto', maxBytes: 1e9})(
    body,
    'application/json',
  );

const members = Array.from({length: 1_200_000}, (_, index) => `"k${index}":{"x":1}`).join(',');

test('records are not looked for in a body that would not fit into memory when parsed', () => {
  const body = Buffer.from(`{${members},"rows":[{"id":1}]}`);
  expect(() => decode(body)).toThrow(BodyError);
  expect(() => decode(body)).toThrow(/write data_selector/);
});

test('with a selector such a body is read', async () => {
  const page = await decode(Buffer.from(`{${members},"rows":[{"id":1}]}`), 'rows');
  expect(page.batch.count).toBe(1);
});
