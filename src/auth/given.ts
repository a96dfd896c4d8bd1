import {configError} from '../errors.js';

/** A secret that has to be there once the configuration is filled in. Throws ConnectorError naming its place. */
export function given(value: string | null | undefined, key: string, place: string): string {
  if (value !== undefined && value !== null && value !== '') return value;
  throw configError(`${place}.${key} is missing: put ${key} into secrets, or write ${key}: "{secrets.NAME}" here`);
}
