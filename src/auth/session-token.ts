import * as z from 'zod';
import {configError} from '../errors.js';
import type {RequestBody, RequestSpec} from '../http/request.js';
import {type Json, numberText} from '../json/exact.js';
import {compilePath, type Path} from '../json/path.js';
import {credentialPlace, placeKeys} from './credential-place.js';
import {type AuthContext, authKind} from './kind.js';
import {lifetimeMs} from './lifetime.js';
import {refreshing, type Token} from './refresh.js';
import {refuseLongToken} from './token-length.js';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const login = z.strictObject({
  path: z.string().min(1).meta({description: 'Of the login request, below base_url or a whole URL.'}),
  method: z
    .string()
    .regex(/^(get|post|put|patch)$/i)
    .default('POST')
    .meta({description: 'GET, POST, PUT or PATCH.'}),
  json: z
    .custom<Json>((value) => value !== undefined)
    .optional()
    .meta({description: 'Its JSON body.', secret: true}),
  data: z
    .union([z.string(), z.record(z.string(), scalar)])
    .nullish()
    .meta({description: 'Its form, or its body as text.', secret: true}),
  headers: z.record(z.string(), scalar).nullish().meta({description: 'Its headers.', secret: true}),
});

const schema = z.strictObject({
  type: z.literal('session_token').meta({description: 'A token that a login request returns.'}),
  login: login.meta({description: 'The login request: {path, method, json|data, headers}.'}),
  token_path: z.string().min(1).meta({description: 'JSONPath of the token in its answer.'}),
  ...placeKeys,
  lifetime: z
    .union([z.number().positive(), z.string()])
    .refine((value) => lifetimeMs(value) !== undefined, {
      error: 'must be seconds or an ISO 8601 duration such as PT30M',
    })
    .nullish()
    .meta({description: 'How long a token lives, in seconds or ISO 8601; until it is refused when absent.'}),
  refresh_on: z
    .array(z.int().min(400).max(499))
    .default([401])
    .meta({description: 'Statuses that mean: log in again.'}),
});

type Options = z.output<typeof schema>;

export const sessionToken = authKind('session_token', schema, (options, context) => {
  const path = tokenPath(options.token_path, context.place);
  return refreshing({
    clock: context.clock,
    place: credentialPlace(options),
    refreshOn: options.refresh_on,
    initial: undefined,
    obtain: (signal) => logIn(options, path, context, signal),
  });
});

function tokenPath(source: string, place: string): Path {
  try {
    return compilePath(source);
  } catch (error) {
    throw configError(`${place}.token_path: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function logIn(options: Options, path: Path, context: AuthContext, signal: AbortSignal): Promise<Token> {
  const request = loginRequest(options.login, context.place);
  const {value: response, text} = await context.fetch(request, 'login', signal);
  const [found] = path.find(JSON.parse(text));
  let value: Json | undefined = response;
  for (const segment of found ?? ['']) {
    const members: ReadonlyMap<string, Json> = new Map(typeof value === 'object' && value ? Object.entries(value) : []);
    value = members.get(String(segment));
  }
  const token = typeof value === 'string' ? value : value === undefined ? undefined : numberText(value);
  if (token === undefined || token === '') {
    throw configError(
      `${context.place}: the login was answered without a token at ${options.token_path} (keys: ${Object.keys(response).join(', ').slice(0, 300) || 'none'}). Check token_path and the login`,
    );
  }
  refuseLongToken(token, options.token_path, context.place);
  context.secrets.add(token);
  const {lifetime} = options;
  return {value: token, response, life: lifetime === undefined || lifetime === null ? undefined : lifetimeMs(lifetime)};
}

function loginRequest({path, method, json, data, headers}: Options['login'], place: string): RequestSpec {
  const verb = (['GET', 'POST', 'PUT', 'PATCH'] as const).find((name) => name === method.toUpperCase()) ?? 'POST';
  if (json !== undefined && json !== null && data !== undefined && data !== null) {
    throw configError(`${place}.login has both json and data: a request has one body`);
  }
  const body = bodyOf(json, data);
  const named = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  const spec = {method: verb, url: path, query: [], headers: Object.fromEntries(named)};
  return body === undefined ? spec : {...spec, body};
}

function bodyOf(json: Json | undefined, data: Options['login']['data']): RequestBody | undefined {
  if (json !== undefined && json !== null) return {kind: 'json', value: json};
  if (data === undefined || data === null) return undefined;
  if (typeof data === 'string') return {kind: 'text', text: data};
  return {kind: 'form', pairs: Object.entries(data).map(([name, value]) => [name, String(value)])};
}
