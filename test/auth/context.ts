import type {AuthContext} from '../../src/auth/kind.js';
import {Secrets} from '../../src/secrets.js';
import {FakeClock} from '../support/fake-clock.js';

/** A context for auth types that send nothing; parts can be replaced. */
export function authContext(parts: Partial<AuthContext> = {}): AuthContext {
  const silent = (): void => undefined;
  return {
    place: 'client.auth',
    clock: new FakeClock(),
    log: {debug: silent, info: silent, warn: silent, error: silent},
    secrets: new Secrets(),
    fetch: () => Promise.reject(new Error('nothing is to be fetched')),
    baseUrl: 'https://api.example.com',
    keep: (work) => work,
    rotated: () => Promise.reject(new Error('nothing is to be rotated')),
    ...parts,
  };
}
