import type {IncrementalConfig} from '../config/config.js';
import {placeOf} from '../config/problem.js';
import type {CursorFormat} from '../config/schema/incremental.js';
import {didYouMean} from '../did-you-mean.js';
import {type Json, numberText} from '../json/exact.js';
import {compilePath, pathOf} from '../json/path.js';
import {boundOf} from '../stream/bounds.js';
import type {CursorPlan} from '../stream/cursor-plan.js';
import {compareDecimals, parseDecimal} from '../stream/decimal.js';
import {type Format, parseFormat} from '../stream/formats.js';
import {parseSpan} from '../stream/spans.js';
import {compareInstants, parseTime} from '../stream/times.js';
import type {Fields} from './fields.js';
import type {Report} from './report.js';

/**
 * All of `endpoint.incremental`, compiled; undefined (and reported) where its cursor_path is no path. `sent` is filled while
 * the templates are compiled: the formats that start and end are written in.
 */
export function compileIncremental(
  config: IncrementalConfig,
  primaryKey: readonly (readonly string[])[],
  fields: Fields,
  sent: readonly Format[],
  report: Report,
): CursorPlan | undefined {
  const place = placeOf(config.place);
  const path = report.attempt([...config.place, 'cursor_path'], () => compilePath(config.cursor_path));
  if (path === undefined) return undefined;
  const span = (key: 'lag' | 'delay' | 'step') => {
    const value = config[key];
    return value === undefined
      ? undefined
      : report.attempt([...config.place, key], () => parseSpan(value, `${place}.${key}`));
  };
  const format = (key: string, value: CursorFormat): Format | undefined =>
    report.attempt([...config.place, key], () => parseFormat(written(value), `${place}.${key}`));
  const lag = span('lag');
  const delay = span('delay');
  const step = span('step');
  const convert = config.convert === undefined ? undefined : format('convert', config.convert);
  const given = config.cursor_format ?? [];
  const formats = (Array.isArray(given) ? given : [given]).flatMap((one) => format('cursor_format', one) ?? []);
  const key = config.primary_key ?? primaryKey;
  for (const name of ['initial_value', 'end_value'] as const) {
    const why = formats.length > 0 ? undefined : unreadable(config[name]);
    if (why !== undefined) report.error([...config.place, name], why);
  }
  if (isEmptyRange(config, formats)) {
    report.error([...config.place, 'end_value'], 'lies before initial_value: there is nothing to read between them');
  }
  if (step !== undefined && config.last_value_func === 'min') {
    report.error([...config.place, 'step'], 'cannot be combined with last_value_func: min: windows go forward in time');
  }
  if (step !== undefined && config.initial_value === undefined) {
    report.warn(
      [...config.place, 'step'],
      'windows need a start: without initial_value the first run fails where no state is given',
    );
  }
  return {
    path,
    field: fields.index(path),
    ...(config.initial_value === undefined ? {} : {initial: config.initial_value}),
    ...(config.end_value === undefined ? {} : {end: config.end_value}),
    func: config.last_value_func ?? 'max',
    ...(config.row_order === undefined ? {} : {order: config.row_order}),
    rangeStart: config.range_start ?? 'closed',
    rangeEnd: config.range_end ?? 'open',
    missing: config.on_cursor_value_missing ?? 'include',
    ...(lag === undefined ? {} : {lag}),
    ...(config.lag === undefined ? {} : {lagWritten: config.lag}),
    ...(delay === undefined ? {} : {delay}),
    ...(step === undefined ? {} : {step}),
    ...(config.window_limit === undefined ? {} : {windowLimit: config.window_limit}),
    formats,
    sent,
    ...(convert === undefined ? {} : {convert}),
    suggest: (names) => didYouMean(path.text, names),
    boundaryKey: config.primary_key?.length === 0 ? 'off' : key.map((segments) => fields.index(pathOf(segments))),
    place,
  };
}

/** Why a written bound would be compared as text although it is meant as a time. 0000-00-00 and 0001-01-01 mean "from the first". */
function unreadable(value: Json | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (value.trim() === '') return 'is empty: write a value, or leave the key out';
  if (value.trim() === 'None') return 'is the text "None": leave the key out, or write null';
  if (value.includes('{')) {
    return `holds a placeholder, which is not filled in here: write the value itself, or \${NAME} for a variable of the environment`;
  }
  if (/^(?:today|yesterday|tomorrow)\b|\bago$/i.test(value.trim())) {
    return `"${value}" would be compared as text: write a date, or a time before now such as now-P1D`;
  }
  const isDate = /^(?!000[01])\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/i.test(
    value,
  );
  return isDate && parseTime(value) === undefined ? `"${value}" looks like a time and is none` : undefined;
}

/** Whether the end that is written lies before the written start, both times or both numbers. */
function isEmptyRange(config: IncrementalConfig, formats: readonly Format[]): boolean {
  const {initial_value: start, end_value: end} = config;
  if (start === undefined || end === undefined) return false;
  const order = compareWritten(start, end, {formats, place: placeOf(config.place)});
  return config.last_value_func === 'min' ? order < 0 : order > 0;
}

/** 0 where the two cannot be compared: `now` is known when the sync starts. */
function compareWritten(a: Json, b: Json, cursor: Pick<CursorPlan, 'formats' | 'place'>): number {
  const [from, until] = [boundOf(a, cursor).time, boundOf(b, cursor).time];
  if (from !== undefined && until !== undefined) return compareInstants(from, until);
  const [low, high] = [a, b].map((value) => parseDecimal(numberText(value) ?? ''));
  return low === undefined || high === undefined ? 0 : compareDecimals(low, high);
}

/** Only the members that are there. */
function written(format: CursorFormat): Json {
  if (typeof format === 'string') return format;
  return Object.fromEntries(
    Object.entries(format).filter((member): member is [string, string] => member[1] !== undefined),
  );
}
