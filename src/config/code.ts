import {ExactNumber, type Json} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import type {Problem} from './problem.js';

const code = /^<\s*(?:callable|call|class|function|lambda)\b/i;

/** Advice by the key that the code stands under, the innermost first. */
const advice: Readonly<Record<string, string>> = {
  filter: 'write a CEL expression over the record, such as filter: "record.active == true"',
  map: 'write map verbs, such as map: {set: {name: "record.first + record.last"}, remove: [raw]}',
  yield_map: 'write yield_map: {explode: <array>}',
  convert: 'write a format: epoch_seconds, epoch_ms, iso8601, iso_date or a strftime pattern',
  transform: 'write convert: with a format: epoch_seconds, epoch_ms, iso8601, iso_date or a strftime pattern',
  last_value_func: 'write max or min',
  action: 'write ignore, stop, retry or raise, with status_code, content or json as conditions',
  response_actions: 'write {status_code, content or json, action: ignore, stop, retry or raise}',
  paginator:
    'write a paginator with its keys, such as {type: cursor, cursor_path, cursor_param, has_more_path, stop_when}',
  auth: 'write an auth type; a grant of its own is oauth2_client_credentials with access_token_request_data: {grant_type: …} and client_auth: basic',
  session: 'write headers, auth and retry instead',
  initial_value: 'write the value, or now-P30D',
  end_value: 'write the value, or now',
  start_datetime: 'write the value, or now-P30D',
  end_datetime: 'write the value, or now',
  processing_steps: 'write filter (CEL), map (verbs) or yield_map',
  resources: 'write the resource; a list of seeds is a resource with records: [...]',
  params: 'write the value, {vars.NAME}, {secrets.NAME} or {incremental.start_value}',
  headers: 'write the value, {vars.NAME} or {secrets.NAME}',
  variables: 'write the value',
  token: 'write "{secrets.token}"',
  api_key: 'write "{secrets.api_key}"',
  password: 'write "{secrets.password}"',
  client_secret: 'write "{secrets.client_secret}"',
};

/** The text stands for code. */
export const isCode = (text: string): boolean => code.test(text);

/** Python code that a converter left as `<callable…>` or `<call…>`: an error each, saying what to write (config-language §11). */
export function findCode(value: Json, report: (problem: Problem) => void, path: readonly Segment[] = []): void {
  if (typeof value === 'string') {
    if (isCode(value)) report({level: 'error', path, message: `is code, which does not run here: ${adviceFor(path)}`});
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) findCode(item, report, [...path, index]);
  } else if (typeof value === 'object' && value !== null && !(value instanceof ExactNumber)) {
    for (const [key, member] of Object.entries(value)) findCode(member, report, [...path, key]);
  }
}

function adviceFor(path: readonly Segment[]): string {
  const names = path.filter((segment) => typeof segment === 'string');
  const under = names.slice(names.length === 1 ? 0 : 1).findLast((name) => Object.hasOwn(advice, name));
  return (under === undefined ? undefined : advice[under]) ?? 'write the value itself';
}
