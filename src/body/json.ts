import type {FormatKind} from './format.js';

/** One JSON document: the scanner reads it as it is. */
export const json: FormatKind = {
  name: 'json',
  mediaTypes:
    /^((application|text)\/(json|x-json|javascript|x-javascript)|[^/]+\/[^/]+\+json|text\/plain|application\/octet-stream|binary\/octet-stream)$/,
  toJson: (utf8) => ({bytes: utf8, start: 0, rowsAreRecords: false}),
};
