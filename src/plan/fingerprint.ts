import {createHash} from 'node:crypto';
import type {EndpointConfig} from '../config/config.js';
import {ExactNumber} from '../json/exact.js';

/**
 * `request` of the contract's State: 8 hex digits over what a kept position depends on, as templates, without their values.
 * Another hash means that the position belongs to another request.
 */
export function fingerprint(
  endpoint: EndpointConfig,
  paginator: {readonly type: string; readonly options: unknown},
): string {
  const {method, path, params, json, data, data_selector, incremental} = endpoint;
  const parts = [
    method,
    path,
    params,
    json,
    data,
    data_selector,
    paginator.type,
    paginator.options,
    incremental?.cursor_path,
  ];
  return createHash('sha256').update(stable(parts)).digest('hex').slice(0, 8);
}

/** JSON with sorted keys, so that the order in the document does not count. */
function stable(value: unknown): string {
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(stable).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, item]) => item !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, item]) => `${JSON.stringify(name)}:${stable(item)}`).join(',')}}`;
}
