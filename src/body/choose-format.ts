import {validate} from '../json/validate.js';
import type {Note} from '../log.js';
import {BodyError} from './body-error.js';
import type {FormatKind, FormatOptions, JsonDocument} from './format.js';
import {formats} from './formats.js';
import {json} from './json.js';
import {jsonLines} from './json-lines.js';
import {beginsLikeJson} from './syntax.js';

/** The format named in the configuration. Names come from the table, so a missing one is our own mistake. */
function named(name: string): FormatKind {
  const format = formats.find((kind) => kind.name === name);
  if (format === undefined)
    throw new BodyError(
      'selector',
      `"${name}" in response.format is none of ${formats.map((kind) => kind.name).join(', ')}`,
    );
  return format;
}

/** The content type looked at last: the pages of a walk mostly have one. */
let last: {readonly contentType: string | undefined; readonly format: FormatKind} | undefined;

/** By content type; what no format answers to is tried as JSON, because many servers label JSON as text/html. */
function byMediaType(contentType: string | undefined): FormatKind {
  if (last !== undefined && last.contentType === contentType) return last.format;
  const mediaType = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const format = formats.find((kind) => kind.mediaTypes.test(mediaType)) ?? json;
  last = {contentType, format};
  return format;
}

/** The first line is a document of its own: these are lines indeed, and a later one is broken or cut off. */
function hasWholeLine(utf8: Buffer): boolean {
  const end = utf8.indexOf(0x0a);
  try {
    if (end > 0) validate(utf8, 0, end);
    return end > 0;
  } catch {
    return false;
  }
}

/** A body as one JSON document, in the format written or by its content type. Throws BodyError. */
export function toDocument(
  utf8: Buffer,
  contentType: string | undefined,
  options: {readonly format: string; readonly formatOptions: FormatOptions},
  note: (note: Note) => void,
): JsonDocument & {readonly format: string} {
  if (options.format !== 'auto') {
    const format = named(options.format);
    return {...format.toJson(utf8, options.formatOptions[format.name], note), format: format.name};
  }
  const format = byMediaType(contentType);
  try {
    return {...format.toJson(utf8, options.formatOptions[format.name], note), format: format.name};
  } catch (error) {
    // A document under the label of a table, or a pretty-printed one under that of lines.
    if (!(error instanceof BodyError) || format === json || !beginsLikeJson(utf8)) throw error;
    if (format === jsonLines && hasWholeLine(utf8)) throw error;
    return {...json.toJson(utf8, undefined, note), format: json.name};
  }
}
