import type {Config, ResourceConfig} from '../../config/config.js';
import {configError} from '../../errors.js';
import {ExactNumber, type Json, printExact} from '../../json/exact.js';

/**
 * The configuration with another start: what `--since` gives takes the place of `initial_value` in these resources. A date is
 * spelled as the configured value is. Throws a config_error where none of them is incremental.
 */
export function withSince(config: Config, names: readonly string[], since: string): Config {
  if (since.trim() === '') throw configError('--since: no value is given');
  const has = ({name, endpoint}: ResourceConfig) => names.includes(name) && endpoint?.incremental !== undefined;
  if (!config.resources.some(has)) {
    throw configError(`--since ${since}: ${names.join(', ')} has no incremental, so there is no start to set`);
  }
  const resources = config.resources.map((resource) => {
    const {endpoint} = resource;
    if (endpoint?.incremental === undefined || !has(resource)) return resource;
    const {incremental} = endpoint;
    const initial_value = spelledLike(since, incremental.initial_value);
    return {...resource, endpoint: {...endpoint, incremental: {...incremental, initial_value}}};
  });
  return {...config, resources};
}

/** Throws a config_error for what cannot be a start where the configured one is a number or a time. */
function spelledLike(since: string, written: Json | undefined): string | number | ExactNumber {
  const isNumber = typeof written === 'number' || written instanceof ExactNumber;
  if (/^-?\d+(?:\.\d+)?$/.test(since) && (isNumber || written === undefined)) {
    return Number.isSafeInteger(Number(since)) ? Number(since) : new ExactNumber(since);
  }
  const ms = Date.parse(since);
  const isDated = typeof written === 'string' && /^\d{4}-\d{2}-\d{2}/.test(written);
  const isKnown = !Number.isNaN(ms) || /^now\b/.test(since) || (isNumber && /^-?\d+(?:\.\d+)?$/.test(since));
  if ((isNumber || isDated) && !isKnown) {
    const kind = isNumber ? 'a number or a time' : 'a time';
    throw configError(`--since ${since}: must be ${kind}, such as ${printExact(written)}`);
  }
  if (isNumber && !Number.isNaN(ms)) {
    // Epoch seconds have ten digits today, ms thirteen.
    return Number(written instanceof ExactNumber ? written.text : written) >= 1e11 ? ms : Math.floor(ms / 1_000);
  }
  const isTime = typeof written === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(written);
  return isTime && /^\d{4}-\d{2}-\d{2}$/.test(since)
    ? `${since}T00:00:00${/\.000/.test(written) ? '.000' : ''}Z`
    : since;
}
