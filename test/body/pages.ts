import {BodyError} from '../../src/body/body-error.js';
import {createDecoder, type DecodeOptions} from '../../src/body/decode.js';
import type {FormatOptions} from '../../src/body/format.js';
import type {Page, Selection} from '../../src/body/page.js';
import {compilePath, type Path} from '../../src/json/path.js';
import {type JsonText, textOf} from '../../src/json/text.js';

export interface Asked {
  readonly selector?: string | readonly string[];
  readonly required?: boolean;
  readonly keyAs?: string;
  readonly names?: readonly string[];
  readonly key?: readonly string[];
  readonly entity?: boolean;
  readonly strict?: boolean;
  readonly fields?: readonly string[];
  readonly facts?: readonly Path[];
  readonly format?: string;
  readonly formatOptions?: FormatOptions;
  readonly encoding?: string;
  readonly maxBytes?: number;
}

export const selectionOf = (asked: Asked): Selection => ({
  path: asked.selector === undefined ? undefined : compilePath(asked.selector),
  required: asked.required,
  keyAs: asked.keyAs,
  names: asked.names ?? [],
  key: (asked.key ?? []).map((path) => compilePath(path)),
  entity: asked.entity ?? false,
  strict: asked.strict ?? false,
});

export const optionsOf = (asked: Asked): DecodeOptions => ({
  want: {
    records: selectionOf(asked),
    fields: (asked.fields ?? []).map((path) => compilePath(path)),
    facts: asked.facts ?? [],
  },
  format: asked.format ?? 'auto',
  formatOptions: asked.formatOptions ?? {},
  ...(asked.encoding === undefined ? {} : {encoding: asked.encoding}),
  maxBytes: asked.maxBytes ?? 1_000_000,
});

/** Decodes one body that is not gzip. */
export function decode(body: string | Buffer, asked: Asked = {}, contentType: string | undefined = undefined): Page {
  const page = createDecoder(optionsOf(asked))(Buffer.from(body), contentType);
  if (page instanceof Promise) throw new Error('a promise without gzip');
  return page;
}

export const recordsOf = ({batch}: Page): string[] =>
  Array.from({length: batch.count}, (_, record) =>
    batch.bytes.toString('utf8', batch.spans[2 * record], batch.spans[2 * record + 1]),
  );

/** The texts of the wanted field `field` in every record. */
export const fieldOf = ({batch}: Page, field: number): (string | undefined)[] =>
  Array.from({length: batch.count}, (_, record) => {
    const start = batch.fields[field]?.[2 * record] ?? -1;
    return start < 0 ? undefined : batch.bytes.toString('utf8', start, batch.fields[field]?.[2 * record + 1]);
  });

export const show = (text: JsonText | undefined): string | undefined => (text === undefined ? undefined : textOf(text));

/** The BodyError that decoding throws. */
export function failure(body: string | Buffer, asked: Asked = {}, contentType?: string): BodyError {
  try {
    decode(body, asked, contentType);
  } catch (error) {
    if (error instanceof BodyError) return error;
    throw error;
  }
  throw new Error('decoded without an error');
}
