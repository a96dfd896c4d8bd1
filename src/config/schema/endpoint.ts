import * as z from 'zod';
import type {Json} from '../../json/exact.js';
import {must} from '../issues.js';
import {auth} from './auth.js';
import {headers} from './header-map.js';
import {incremental} from './incremental.js';
import {paginator} from './paginator.js';
import {params} from './params.js';
import {rateLimit} from './rate-limit.js';
import {response} from './response.js';
import {responseAction} from './response-actions.js';
import {retryOverride} from './retry.js';
import {isScalar, json, jsonObject, name, optional, type Scalar} from './values.js';

const methods = ['GET', 'POST', 'PUT', 'PATCH'] as const;

const method = z
  .string()
  .transform((text) => text.toUpperCase())
  .pipe(z.enum(methods))
  .meta({type: methods.join(', ')});

/** A form as an object or as pairs, or a text that is sent as it is. */
const data = z
  .union([
    z.string(),
    jsonObject,
    z.array(
      z.tuple([z.string(), z.custom<Scalar>(isScalar, {error: must('text or number')})], {
        error: 'must be a pair [name, value]',
      }),
    ),
  ])
  .meta({type: 'object, list of pairs, or text'});

/** Keys of `endpoint`, of which `resource_defaults.endpoint` may have any part. */
export const endpoint = z.strictObject({
  path: optional(z.string()).meta({
    description: 'Below base_url, or an absolute URL; the name of the resource when absent.',
  }),
  method: optional(method).meta({description: 'HTTP method, in any case.', default: 'GET'}),
  params: optional(params).meta({description: 'Query parameters: lists repeat the key, null drops it.'}),
  json: json.optional().meta({description: 'JSON body.'}),
  data: optional(data).meta({description: 'Form body (object or pairs) or raw text; not beside json.'}),
  headers: optional(headers).meta({description: 'Headers, over those of the client; null removes one.'}),
  auth: auth.optional().meta({description: "Replaces the client's; null means none."}),
  paginator: paginator.optional().meta({
    description:
      "A type, or auto (found out, whatever the other levels say), null (skips resource_defaults: the client's), inherit (as when absent: that of resource_defaults, else the client's).",
  }),
  data_selector: optional(z.union([z.string(), z.array(z.string())])).meta({
    description: 'JSONPath of the records; a list is a path, one name per element. Found by itself when absent.',
    type: 'JSONPath or list of names',
  }),
  data_selector_required: optional(z.boolean()).meta({
    description: 'true: a selector that matches nothing is always an error; false: never.',
  }),
  data_selector_key_as: optional(name).meta({
    description: 'The selected object holds records by key; the key becomes this field.',
  }),
  incremental: optional(incremental).meta({description: 'Read only what changed.', type: 'object'}),
  response_actions: optional(z.array(responseAction)).meta({
    description: 'What particular answers mean; the first match wins.',
    type: 'list',
  }),
  response: optional(response).meta({description: 'How bodies are decoded.', type: 'object'}),
  retry: optional(retryOverride).meta({description: "Over the client's, key by key.", type: 'object'}),
  rate_limit: optional(rateLimit).meta({description: "A budget of its own, inside the client's.", type: 'object'}),
});

export type RequestData = string | {readonly [key: string]: Json} | readonly (readonly [string, Scalar])[];

export type EndpointShape = z.output<typeof endpoint>;
