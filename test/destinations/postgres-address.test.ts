import {describe, expect, test} from 'vitest';
import {opening} from '../postgres/opening.js';

describe('URLs that are refused before anything is asked', () => {
  test.each([
    ['postgres://me:wrong-secret@host:port/db', 'postgres://me@host:port/db is no URL of a database'],
    ['postgres://me:wrong-secret/x@host/db', 'postgres://me@host/db is no URL of a database'],
    ['postgres://me:%wrong-secret@host/db', 'postgres://me@host/db is no URL of a database'],
    ['postgres://me:wrong-secret@host/db?ssl=true', 'postgres://me@host/db?ssl=true: there is no parameter ssl'],
    [
      'postgres://me@host/db?password=wrong-secret&sslmode=on',
      'postgres://me@host/db?sslmode=on: sslmode=on is none of',
    ],
  ])('%s', async (into, message) => {
    const {kind, text} = await opening(into);
    expect(kind).toBe('config_error');
    expect(text).toContain(message);
  });
});
