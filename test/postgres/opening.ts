import {expect} from 'vitest';
import {openDestination} from '../../src/destinations/places.js';
import {ConnectorError} from '../../src/errors.js';
import {FakeClock} from '../support/fake-clock.js';
import {password} from './server.js';

/** What is thrown, with all that a person could see of it. */
export async function thrownBy(work: Promise<unknown>): Promise<{kind: string; text: string}> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof ConnectorError)) throw new Error(`not a ConnectorError: ${String(thrown)}`);
  const text = `${thrown.message}\n${thrown.detail ?? ''}`;
  for (const spelling of [password, encodeURIComponent(password), 'wrong-secret']) expect(text).not.toContain(spelling);
  return {kind: thrown.failureType, text};
}

export const opening = (into: string) => thrownBy(openDestination(into, undefined, new FakeClock()));
