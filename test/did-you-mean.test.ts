import {expect, test} from 'vitest';
import {didYouMean, nearest} from '../src/did-you-mean.js';

const known = ['data_selector', 'path', 'params', 'paginator', 'primary_key'];

test.each([
  ['data_selecter', 'data_selector'],
  ['dataSelector', 'data_selector'],
  ['primary-key', 'primary_key'],
  ['paht', 'path'],
  ['parmas', 'params'],
  ['pagination', 'paginator'],
])('%s is %s', (written, name) => {
  expect(nearest(written, known)).toBe(name);
  expect(didYouMean(written, known)).toBe(`; did you mean ${name}?`);
});

test.each(['session', 'x', '', 'y'.repeat(10_000)])('nothing is near %s', (written) => {
  expect(didYouMean(written, known)).toBe('');
});

test('a beginning is enough where only one name has it', () => {
  expect(didYouMean('next_url', ['next_url_path', 'type'])).toBe('; did you mean next_url_path?');
  expect(didYouMean('next_url', ['next_url_path', 'next_url_template'])).toBe('');
});
