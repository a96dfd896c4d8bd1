import type {Clock} from '../clock.js';
import {ConnectorError} from '../errors.js';
import type {Authenticator} from '../http/authenticator.js';
import type {JsonObject} from '../json/exact.js';
import type {CredentialPlace} from './credential-place.js';
import {singleFlight} from './single-flight.js';

/** A credential obtained by a request. */
export interface Token {
  readonly value: string;
  /** ms from when it was obtained; undefined: until it is refused. */
  readonly life: number | undefined;
  /** The answer it came in, for {auth.<path>}. */
  readonly response: JsonObject;
}

interface Refreshing {
  readonly clock: Clock;
  readonly place: CredentialPlace;
  readonly refreshOn: readonly number[];
  /** A token that was configured: used until it is refused. */
  readonly initial: string | undefined;
  obtain(signal: AbortSignal): Promise<Token>;
}

/** Before its end, in ms; at most half the life. */
const early = 60_000;

/**
 * A token shared by all resources: obtained when first needed, renewed a minute early and when it was refused, by one
 * request for all who wait. What is refused for good (config_error) is not asked again.
 */
export function refreshing({clock, place, refreshOn, initial, obtain}: Refreshing): Authenticator {
  interface Current {
    readonly value: string;
    readonly renewAt: number;
    readonly response: JsonObject | undefined;
  }
  let current: Current | undefined =
    initial === undefined ? undefined : {value: initial, renewAt: Number.POSITIVE_INFINITY, response: undefined};
  let refused: ConnectorError | undefined;

  const renew = singleFlight(async (signal): Promise<Current> => {
    if (refused !== undefined) throw refused;
    try {
      const {value, life, response} = await obtain(signal);
      const renewAt = life === undefined ? Number.POSITIVE_INFINITY : clock.now() + life - Math.min(early, life / 2);
      current = {value, renewAt, response};
      return current;
    } catch (error) {
      if (error instanceof ConnectorError && error.failureType === 'config_error') refused = error;
      throw error;
    }
  });

  return {
    async apply(request, signal) {
      const usable = current !== undefined && clock.now() < current.renewAt ? current : await renew(signal);
      return place.put(request, usable.value);
    },
    async refresh(rejected, signal) {
      // Another stream may have renewed it while this request was under way.
      if (current === undefined || place.carries(rejected, current.value)) await renew(signal);
      return true;
    },
    async values(signal) {
      return current?.response ?? (await renew(signal)).response ?? {};
    },
    refreshOn,
    queryNames: place.queryNames,
    headerNames: place.headerNames,
  };
}
