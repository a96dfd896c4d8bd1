import {promisify} from 'node:util';
import {brotliDecompress, gunzip, inflate, inflateRaw} from 'node:zlib';
import {TransportError} from './transport-error.js';

type Undo = (body: Buffer, options: {readonly maxOutputLength: number}) => Promise<Buffer>;

const fromZlib: Undo = promisify(inflate);
const fromRaw: Undo = promisify(inflateRaw);

/** "deflate" is zlib's format (RFC 9110 §8.4.1.2); some servers send the bare one, told apart by the zlib header. */
const undoDeflate: Undo = (body, options) => {
  const [first = 0, second = 0] = body;
  const isZlib = (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
  return isZlib ? fromZlib(body, options) : fromRaw(body, options);
};

const codings: Readonly<Record<string, Undo>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: undoDeflate,
  br: promisify(brotliDecompress),
};

/** Codings that Node 20 cannot undo (registered ones, and the names that servers use): nobody may take them for text. */
const unknown = new Set(['zstd', 'compress', 'x-compress', 'dcb', 'dcz', 'bzip2', 'x-bzip2', 'xz', 'lzma']);

/** A body has one, at times two. */
const mostCodings = 4;

/** What a request offers: every coding that can be undone. */
export const acceptEncoding = 'gzip, deflate, br';

/**
 * The body without its content codings, last one first; names that are no coding ("utf-8", "none") are passed over. Throws
 * TransportError: `too_large` beyond `maxBytes` of content, `cut` for a damaged or incomplete one, `coding` for one that cannot
 * be undone.
 */
export async function undoCodings(body: Buffer, contentEncoding: string | null, maxBytes: number): Promise<Buffer> {
  let content = body;
  if (contentEncoding === null || body.length === 0) return body;
  const names = contentEncoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => codings[name] !== undefined || unknown.has(name));
  if (names.length > mostCodings) {
    throw new TransportError('coding', `the body has ${names.length} content codings: ${doNotAsk}`);
  }
  for (const name of names.reverse()) {
    const undo = codings[name];
    if (undo === undefined) {
      throw new TransportError(
        'coding',
        `the body has the content coding ${name}, which cannot be undone: ${doNotAsk}`,
      );
    }
    try {
      content = await undo(content, {maxOutputLength: maxBytes});
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
      if (code === 'ERR_BUFFER_TOO_LARGE') throw new TransportError('too_large', tooLarge(maxBytes));
      throw new TransportError('cut', `the ${name} body of ${body.length} bytes is damaged or cut short`);
    }
  }
  return content;
}

const doNotAsk = `write no accept-encoding in headers, or one of ${acceptEncoding}`;

/** The text for a body over the limit. */
export const tooLarge = (maxBytes: number): string =>
  `the body is larger than ${maxBytes} bytes: ask for smaller pages, or raise client.max_response_bytes`;
