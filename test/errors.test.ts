import {expect, test} from 'vitest';
import {toConnectorError} from '../src/errors.js';

test.each([
  ['ENOSPC', 'the disk is full: make room, then run this again (ENOSPC: no space left on device, write)'],
  ['EDQUOT', 'the disk quota is used up: make room, or raise it, then run this again'],
  ['EFBIG', 'a file reached the size that files may have here: raise the limit (ulimit -f), then run this again'],
  ['EROFS', 'the disk is read-only: write elsewhere, or mount it for writing, then run this again'],
])('%s is no fault of ours', (code, text) => {
  const thrown = Object.assign(new Error(`${code}: no space left on device, write`), {code});
  const {failureType, message} = toConnectorError(thrown);
  expect([failureType, message]).toEqual(['transient_error', expect.stringContaining(text)]);
});

test('anything else is', () => {
  expect(toConnectorError(new Error('x')).message).toBe('internal error: x');
  expect(toConnectorError('y').failureType).toBe('system_error');
});
