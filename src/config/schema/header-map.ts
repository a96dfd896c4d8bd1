import * as z from 'zod';
import {must} from '../issues.js';
import {byName, isScalar, type Scalar} from './values.js';

/** RFC 9110 token, or one with placeholders: a name is checked again when it is rendered. */
const token = /^(?:[!#$%&'*+.^_`|~\w-]|\{[^{}]*\}|\{\{|\}\})+$/;

/** Headers by name. null removes an inherited one (config-language §4). */
export const headers = byName(
  z.string().regex(token, {error: 'is no header name: letters, digits and - only'}),
  z
    .custom<Scalar>(isScalar, {error: must('text, number, boolean or null')})
    .meta({type: 'text, number, boolean or null'}),
).meta({type: 'values by name'});

export type HeaderMap = z.output<typeof headers>;
