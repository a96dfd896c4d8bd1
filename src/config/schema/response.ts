import * as z from 'zod';
import {isEncoding} from '../../body/charset.js';
import {formats} from '../../body/formats.js';
import {name, optional} from './values.js';

const names = formats.map((format) => format.name);

const options = Object.fromEntries(
  formats.flatMap((format) =>
    format.options === undefined
      ? []
      : [
          [
            format.name,
            optional(format.options).meta({description: `Options of ${format.name}.`, type: 'object'}),
          ] as const,
        ],
  ),
);

/** How bodies are decoded: format, encoding, and under a format's name its options (config-language §4). */
export const response = z.strictObject({
  ...options,
  format: optional(z.enum(names)).meta({description: 'By content type when absent.'}),
  encoding: optional(name.refine(isEncoding, {error: 'is no known encoding; examples: utf-8, latin1, shift_jis'})).meta(
    {description: 'Character set, when the server does not name the right one.'},
  ),
});

export type ResponseConfig = z.output<typeof response>;
