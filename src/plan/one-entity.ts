import type {EndpointConfig} from '../config/config.js';
import {isResolve} from './references.js';
import {lone, parseTemplate} from './template.js';

/**
 * The last segment of the path (query and trailing slashes apart) is exactly one placeholder bound to a parent row, a
 * static param or a variable: the answer is one entity (config-language §6; narrower than dlt's rule, trap T5).
 */
export function isOneEntity(endpoint: EndpointConfig): boolean {
  const path = endpoint.path.split('?', 1)[0] ?? '';
  const trimmed = path.replace(/\/+$/, '');
  const only = lone(parseTemplate(trimmed.slice(lastSlash(trimmed) + 1), 'path'));
  if (only === undefined) return false;
  if (only.context === 'resources' || only.context === 'vars') return true;
  if (only.context !== 'bare') return false;
  const param = endpoint.params[only.name];
  return param === undefined || isResolve(param) || typeof param !== 'object';
}

/** The last slash outside of braces: a JSONPath in a placeholder may hold one. */
function lastSlash(path: string): number {
  const close = path.lastIndexOf('}');
  const after = path.indexOf('/', close + 1);
  if (close < 0 || after >= 0) return path.lastIndexOf('/');
  return path.lastIndexOf('/', path.lastIndexOf('{', close));
}
