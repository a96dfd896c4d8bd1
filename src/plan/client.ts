import type {Config} from '../config/config.js';
import type {Segment} from '../json/path.js';
import {compileText, type TextRenderer, textOf} from './render.js';
import type {Report} from './report.js';
import type {Scope} from './scope.js';
import {parseTemplate, placeholders} from './template.js';

/** What all resources share of `client`: base_url and headers, with the placeholders they may hold. */
export interface ClientTemplates {
  readonly baseUrl: TextRenderer;
  readonly headers: readonly (readonly [string, TextRenderer])[];
  /** Some template holds {auth.*}: the token response is needed before a request can be rendered. */
  readonly usesAuth: boolean;
  readonly secrets: Readonly<Record<string, string>>;
  /** For the templates of auth blocks: variables and secrets. */
  readonly scope: Scope;
}

export function clientTemplates(
  config: Config,
  secrets: Readonly<Record<string, string>>,
  report: Report,
): ClientTemplates {
  const {client} = config;
  const scope = (allowed: readonly string[]): Scope => ({
    resource: 'client',
    variables: client.variables,
    secrets,
    cursor: undefined,
    sent: [],
    allowed: new Set(allowed),
    bare: () => undefined,
    parentField: () => undefined,
    attempt: (place, work) => report.attempt(place, work),
    error: (place, message) => report.error(place, message),
    warn: (place, message) => report.warn(place, message),
  });
  const withAuth = scope(['vars', 'secrets', 'auth', 'bare']);
  const headers: (readonly [string, TextRenderer])[] = [];
  const texts: string[] = [client.base_url];
  for (const [name, value] of Object.entries(client.headers)) {
    if (value === null) continue;
    const place: readonly Segment[] = ['client', 'headers', name];
    if (typeof value === 'string') texts.push(value);
    headers.push([
      name,
      typeof value === 'string' ? compileText(value, 'client', withAuth, place) : () => textOf(value),
    ]);
  }
  return {
    baseUrl: compileText(client.base_url, 'client', withAuth, ['client', 'base_url']),
    headers,
    usesAuth: texts.some((text) => placeholders(parseTemplate(text, 'client')).some(({context}) => context === 'auth')),
    secrets,
    scope: scope(['vars', 'secrets', 'bare']),
  };
}
