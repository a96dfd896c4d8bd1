import * as z from 'zod';

const iso =
  /^P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const unitMs = [604_800_000, 86_400_000, 3_600_000, 60_000, 1000];

/** ms of a number of seconds or an ISO 8601 duration of fixed length (weeks to seconds); undefined where it is neither. */
function durationMs(value: number | string): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value * 1000 : undefined;
  const match = iso.exec(value);
  if (match === null || !/\d[WDHMS]$/.test(value)) return undefined;
  let total = 0;
  for (const [index, unit] of unitMs.entries()) total += Number(match[index + 1] ?? 0) * unit;
  return total;
}

/** A duration of fixed length, as ms. */
export const duration = z
  .union([z.number(), z.string()])
  .transform((value, context) => {
    const ms = durationMs(value);
    if (ms !== undefined) return ms;
    context.addIssue({code: 'custom', message: `must be seconds or an ISO 8601 duration such as PT30S, PT5M or P1D`});
    return z.NEVER;
  })
  .meta({type: 'seconds or ISO 8601 duration'});

/** Also that of a limit, which 0 would make impossible to keep. */
export const positiveDuration = duration
  .refine((ms) => ms > 0, {error: 'must be above 0; leave it out for the default'})
  .meta({type: 'seconds or ISO 8601 duration'});

const calendar = /^P(?=.*\d)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/;

/** A number or an ISO 8601 duration, months and years included, kept as written: `lag`, `step`, `delay`. */
export const span = z
  .union([z.number(), z.string()])
  .refine((value) => typeof value === 'number' || calendar.test(value), {
    error: 'must be a number or an ISO 8601 duration such as P30D, P1M or PT1H',
  })
  .meta({type: 'number or ISO 8601 duration'});
