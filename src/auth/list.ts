import {anonymous} from '../http/anonymous.js';
import type {Authenticator} from '../http/authenticator.js';
import type {JsonObject} from '../json/exact.js';

/**
 * Several authenticators as one, applied in order; none of them is `auth: none`. A refused status renews those that answer
 * to it; {auth.<path>} sees the token answers of all, of equal names the last one.
 */
export function together(authenticators: readonly Authenticator[]): Authenticator {
  const [first, ...others] = authenticators;
  if (first === undefined) return anonymous;
  if (others.length === 0) return first;
  const renewable = authenticators.filter((one) => one.refresh !== undefined);
  const withValues = authenticators.filter((one) => one.values !== undefined);
  const whole: Authenticator = {
    async apply(request, signal) {
      let signed = request;
      for (const one of authenticators) signed = await one.apply(signed, signal);
      return signed;
    },
    refreshOn: [...new Set(renewable.flatMap((one) => one.refreshOn))],
    queryNames: authenticators.flatMap((one) => one.queryNames),
    headerNames: authenticators.flatMap((one) => one.headerNames),
  };
  return {
    ...whole,
    ...(renewable.length === 0
      ? {}
      : {
          async refresh(rejected, signal) {
            let renewed = false;
            for (const one of renewable) renewed = ((await one.refresh?.(rejected, signal)) ?? false) || renewed;
            return renewed;
          },
        }),
    ...(withValues.length === 0
      ? {}
      : {
          async values(signal) {
            const all: JsonObject[] = [];
            for (const one of withValues) all.push((await one.values?.(signal)) ?? {});
            return Object.assign(Object.create(null), ...all);
          },
        }),
  };
}
