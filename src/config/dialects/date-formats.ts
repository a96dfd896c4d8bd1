import type {Json} from '../../json/exact.js';

/** Words of others for formats that have a name here; the rest are strftime patterns or no format. */
const names: Readonly<Record<string, string>> = {
  '%s': 'epoch_seconds',
  '%ms': 'epoch_ms',
  unix: 'epoch_seconds',
  unix_timestamp: 'epoch_seconds',
  timestamp: 'epoch_seconds',
  epoch: 'epoch_seconds',
  unix_ms: 'epoch_ms',
  timestamp_ms: 'epoch_ms',
  date: 'iso_date',
  iso: 'iso8601',
};

const own = ['epoch_seconds', 'epoch_ms', 'iso8601', 'iso_date'];

/** One of our formats, or the pattern; undefined where it is neither. */
export function sentFormat(format: Json | undefined): string | undefined {
  if (typeof format !== 'string') return undefined;
  if (Object.hasOwn(names, format)) return names[format];
  return own.includes(format) || /%[A-Za-z_-]/.test(format) ? format : undefined;
}

/** One or several; undefined where one of them is none. */
export function cursorFormats(formats: Json | undefined): Json | undefined {
  if (!Array.isArray(formats)) return sentFormat(formats);
  const found = formats.flatMap((format: Json) => sentFormat(format) ?? []);
  if (found.length < formats.length || found.length === 0) return undefined;
  const distinct = [...new Set(found)];
  return distinct.length === 1 ? distinct[0] : distinct;
}
