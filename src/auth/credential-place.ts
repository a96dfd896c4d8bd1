import {isDeepStrictEqual} from 'node:util';
import * as z from 'zod';
import {setBody} from '../http/placement.js';
import type {RequestSpec} from '../http/request.js';
import {splitQuery} from '../http/url.js';

/** Keys of `api_key` and `session_token` that say where the credential goes. */
export const placeKeys = {
  name: z.string().min(1).default('Authorization').meta({description: 'Header, parameter, cookie or body member.'}),
  location: z
    .enum(['header', 'query', 'param', 'cookie', 'body'])
    .default('header')
    .meta({description: 'Where it is sent; param is query.'}),
  prefix: z.string().nullish().meta({description: 'Put before it, with one space between, for example Token.'}),
};

interface Keys {
  readonly name: string;
  readonly location: 'header' | 'query' | 'param' | 'cookie' | 'body';
  readonly prefix?: string | null | undefined;
}

/** Where a credential goes in every request. */
export interface CredentialPlace {
  put(request: RequestSpec, value: string): RequestSpec;
  /** Whether a request was sent with this value. */
  carries(request: RequestSpec, value: string): boolean;
  readonly queryNames: readonly string[];
  readonly headerNames: readonly string[];
}

/** A parameter that a followed link already carries is not added again (config-language §3). */
export function credentialPlace({name, location, prefix}: Keys): CredentialPlace {
  const whole = (value: string): string =>
    prefix === undefined || prefix === null || prefix === '' ? value : `${prefix.trimEnd()} ${value}`;
  switch (location) {
    case 'header':
      return inHeader(name.toLowerCase(), whole);
    case 'cookie':
      return {
        queryNames: [],
        headerNames: ['cookie'],
        put(request, value) {
          const others = request.headers['cookie'];
          const cookie = `${name}=${whole(value)}`;
          const all = others === undefined || others === '' ? cookie : `${others}; ${cookie}`;
          return {...request, headers: {...request.headers, cookie: all}};
        },
        carries: ({headers}, value) => (headers['cookie'] ?? '').split('; ').includes(`${name}=${whole(value)}`),
      };
    case 'body':
      return inBody(name, whole);
    case 'query':
    case 'param':
      return {
        queryNames: [name],
        headerNames: [],
        put(request, value) {
          if (splitQuery(request.url).parts.some((part) => part.name === name)) return request;
          const others = request.query.filter(([key]) => key !== name);
          return {...request, query: [...others, [name, whole(value)]]};
        },
        carries: ({query}, value) => query.some(([key, sent]) => key === name && sent === whole(value)),
      };
  }
}

/** `Authorization: Bearer <token>` (RFC 6750). */
export const bearerPlace: CredentialPlace = inHeader('authorization', (value) => `Bearer ${value}`);

function inHeader(header: string, whole: (value: string) => string): CredentialPlace {
  return {
    queryNames: [],
    headerNames: [header],
    put: (request, value) => ({...request, headers: {...request.headers, [header]: whole(value)}}),
    carries: ({headers}, value) => headers[header] === whole(value),
  };
}

function inBody(path: string, whole: (value: string) => string): CredentialPlace {
  const put = (request: RequestSpec, value: string): RequestSpec => setBody(request, path, whole(value));
  return {
    queryNames: [],
    headerNames: [],
    put,
    carries: (request, value) => isDeepStrictEqual(put(request, value).body, request.body),
  };
}
