import {promisify} from 'node:util';
import {gunzip} from 'node:zlib';
import {BodyError} from './body-error.js';

const inflate = promisify(gunzip);

/** Whether a body is gzip by its first bytes (RFC 1952 §2.3.1), whatever its headers say. */
export const isGzip = (body: Buffer): boolean => body[0] === 0x1f && body[1] === 0x8b && body[2] === 8;

/**
 * The content of a gzip body. Throws BodyError: `too_large` once it has more than `maxBytes`, `syntax` when it is cut short
 * or damaged.
 */
export async function gunzipBody(body: Buffer, maxBytes: number): Promise<Buffer> {
  try {
    return await inflate(body, {maxOutputLength: maxBytes});
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      throw new BodyError(
        'too_large',
        `the gzip body of ${body.length} bytes unpacks to more than ${maxBytes} bytes; raise client.max_response_bytes or ask for smaller pages`,
        {cause},
      );
    }
    throw new BodyError('syntax', `the gzip body of ${body.length} bytes is damaged or cut short: ${error.message}`, {
      cause,
    });
  }
}
