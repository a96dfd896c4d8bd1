import type {AuthContext} from '../../src/auth/kind.js';
import {together} from '../../src/auth/list.js';
import {authKinds} from '../../src/auth/table.js';
import type {Attempt} from '../../src/http/answer.js';
import type {Authenticator} from '../../src/http/authenticator.js';
import {createCredentialFetch} from '../../src/http/credential-fetch.js';
import {createLimits} from '../../src/http/limits.js';
import {defaultRetry, type Sending, type Setting, sending} from '../http/setup.js';
import {FakeClock} from '../support/fake-clock.js';
import {authContext} from './context.js';

export interface Signed extends Sending {
  readonly authenticator: Authenticator;
  readonly context: AuthContext;
  readonly tokenAttempts: Attempt[];
}

/** An authenticator built from auth blocks by the table, with a `send` that uses it and one limit for all. */
export function signed(
  base: string,
  blocks: readonly (Readonly<Record<string, unknown>> & {readonly type: string})[],
  parts: Partial<AuthContext> & {readonly concurrency?: number; readonly setting?: Partial<Setting>} = {},
): Signed {
  const clock = parts.clock instanceof FakeClock ? parts.clock : new FakeClock();
  const limits = createLimits({clock, concurrency: parts.concurrency ?? 4});
  const tokenAttempts: Attempt[] = [];
  const plain = sending({base, clock, limits});
  const context = authContext({
    clock,
    secrets: plain.secrets,
    baseUrl: base,
    fetch: createCredentialFetch({
      place: 'client.auth',
      baseUrl: base,
      wire: plain.wire,
      cloud: false,
      note: () => undefined,
      retry: defaultRetry,
      maxWait: 3_600_000,
      hurried: false,
      observe: (attempt) => tokenAttempts.push(attempt),
    }),
    ...parts,
  });
  const authenticator = together(
    blocks.map((block) => {
      const kind = authKinds.find(({type}) => type === block.type);
      if (kind === undefined) throw new Error(`no auth type ${block.type}`);
      return kind.create(block, context);
    }),
  );
  const all = sending({base, clock, limits, authenticator, ...parts.setting});
  Object.assign(all.wire, {redact: (text: string) => plain.secrets.redact(text)});
  return {...all, secrets: plain.secrets, authenticator, context, tokenAttempts};
}
