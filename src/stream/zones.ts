import {configError} from '../errors.js';

/** The clock of an IANA time zone. Instants are epoch ms; local times are ms as if their clock were UTC. */
export interface Zone {
  readonly name: string;
  /** ms east of UTC at an instant. */
  offset(ms: number): number;
}

export const utc: Zone = {name: 'UTC', offset: () => 0};

/** Throws a config_error at `place` for a name that Intl does not know. */
export function parseZone(name: string, place: string): Zone {
  if (/^(?:utc|gmt|z|etc\/utc)$/i.test(name)) return utc;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw configError(`${place}: no time zone "${name}"; write an IANA name such as Europe/Berlin`);
  }
  const offset = (ms: number): number => {
    const second = Math.floor(ms / 1000) * 1000;
    const parts: Record<string, string> = {};
    for (const {type, value} of format.formatToParts(second)) parts[type] = value;
    const year = Number(parts['year']) * (parts['era'] === 'BC' ? -1 : 1) + (parts['era'] === 'BC' ? 1 : 0);
    const at = new Date(0);
    at.setUTCFullYear(year, Number(parts['month']) - 1, Number(parts['day']));
    at.setUTCHours(Number(parts['hour']), Number(parts['minute']), Number(parts['second']));
    return at.getTime() - second;
  };
  return {name, offset};
}

/** The instants at which the zone's clock shows a local time: one, two (a repeated hour, earlier first) or none (a gap). */
function instantsAt(zone: Zone, local: number): readonly number[] {
  const day = 86_400_000;
  const offsets = new Set([zone.offset(local - day), zone.offset(local + day)]);
  return [...offsets]
    .map((offset) => local - offset)
    .filter((ms) => zone.offset(ms) === local - ms)
    .sort((a, b) => a - b);
}

/**
 * The local time to send for an instant: one that names a single instant, not after it. A time within a repeated hour is
 * sent as the hour before (config-language §8), whichever of the two the server takes it for.
 */
export function localTime(zone: Zone, ms: number): number {
  const local = ms + zone.offset(ms);
  const [first, second] = instantsAt(zone, local);
  if (first === undefined || second === undefined) return local;
  const before = first - (second - first);
  return before + zone.offset(before);
}

/** The instant of a local time; of two the earlier, in a gap the moment at which it began. */
export function instantAt(zone: Zone, local: number): number {
  const [first] = instantsAt(zone, local);
  if (first !== undefined) return first;
  const day = 86_400_000;
  return local - Math.max(zone.offset(local - day), zone.offset(local + day));
}
