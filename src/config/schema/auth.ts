import * as z from 'zod';
import {authKinds} from '../../auth/table.js';
import {nearest} from '../../did-you-mean.js';
import type {Json, JsonObject} from '../../json/exact.js';
import {typeOfClass} from '../class-names.js';
import {unsupportedAuth} from '../unsupported.js';
import {checkKind} from './kinds.js';
import {isJsonObject} from './values.js';

/**
 * A type as text, an object (type bearer when absent), a list of them, or null (config-language §3). Values are never
 * quoted: they may be secrets.
 */
export const auth = z
  .custom<Json>(
    (value) => value === undefined || value === null || typeof value === 'string' || typeof value === 'object',
    {
      error: 'must be an auth type, an object with type, a list of them, or null',
      abort: true,
    },
  )
  .superRefine((value, context) => {
    if (value === undefined || value === null) return;
    if (!Array.isArray(value)) return checkBlock(value, context, []);
    for (const [index, entry] of value.entries()) checkBlock(entry, context, [index]);
  })
  .meta({type: 'type, object, list or null'});

function checkBlock(value: Json, context: z.core.$RefinementCtx<unknown>, path: readonly PropertyKey[]): void {
  if (value === null || value === 'none') return;
  if (typeof value !== 'string' && !isJsonObject(value)) {
    context.addIssue({code: 'custom', path: [...path], message: 'must be an auth type or an object with type'});
    return;
  }
  const block: JsonObject = isJsonObject(value) ? value : {type: value};
  const type = block['type'] ?? 'bearer';
  const place = isJsonObject(value) && block['type'] !== undefined ? [...path, 'type'] : [...path];
  if (type === 'none') return;
  const message = typeof type === 'string' ? unsupportedAuth(type, block) : undefined;
  if (message !== undefined) {
    context.addIssue({code: 'custom', path: place, message});
    return;
  }
  const kind = authKinds.find((candidate) => candidate.type === type);
  if (kind === undefined) {
    context.addIssue({code: 'custom', path: place, message: unknownType(type)});
    return;
  }
  const url = ['token_url', 'access_token_url'];
  if (url.every((key) => key in kind.schema.shape && (block[key] ?? null) === null)) {
    context.addIssue({code: 'custom', path: [...path, 'token_url'], message: 'is missing: where tokens are obtained'});
  }
  const fitting = block['type'] === undefined ? betterKind(block) : undefined;
  if (fitting === undefined) checkKind(kind, block, context, path);
  else
    context.addIssue({
      code: 'custom',
      path: [...path],
      message: `has no type and these keys belong to ${fitting}: write type: ${fitting}`,
    });
}

function unknownType(type: Json): string {
  const types = [...authKinds.map((kind) => kind.type), 'none'];
  if (typeof type !== 'string') return `must be a text; types are ${types.join(', ')}`;
  if (looksLikeToken(type))
    return `is no type; a token stands in an object: {token: "{secrets.token}"} (types are ${types.join(', ')})`;
  const near = typeOfClass(type) ?? nearest(type, types);
  return `unknown auth type${near === undefined ? '' : `; did you mean ${near}?`} (types are ${types.join(', ')})`;
}

/** Types are a few lower case words: anything long, with blanks or capitals among digits, was meant as the credential. */
const looksLikeToken = (text: string): boolean =>
  /\s/.test(text) || (text.length >= 12 && /\d/.test(text) && !/^oauth/i.test(text));

/** Without a type a block is a bearer's, unless its keys only fit another. */
function betterKind(block: JsonObject): string | undefined {
  const fits = (kind: {readonly schema: z.ZodObject}) => Object.keys(block).every((key) => key in kind.schema.shape);
  const bearer = authKinds.find((kind) => kind.type === 'bearer');
  if (bearer === undefined || fits(bearer)) return undefined;
  return authKinds.find(fits)?.type;
}
