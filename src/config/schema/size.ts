import * as z from 'zod';

const units: Readonly<Record<string, number>> = {'': 1, b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30};

/** Bytes, from a number or a text such as 256MB (powers of 1024, as is usual for memory). */
export const size = z
  .union([z.int().min(1), z.string()])
  .transform((value, context) => {
    if (typeof value === 'number') return value;
    const match = /^\s*(\d+(?:\.\d+)?)\s*([kmg]?i?b?)\s*$/i.exec(value);
    const unit =
      match === null
        ? undefined
        : units[
            (match[2] ?? '')
              .toLowerCase()
              .replace('i', '')
              .replace(/^([kmg])$/, '$1b')
          ];
    const bytes = match === null || unit === undefined ? 0 : Math.floor(Number(match[1]) * unit);
    if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
    context.addIssue({code: 'custom', message: 'must be bytes or a size such as 256MB'});
    return z.NEVER;
  })
  .meta({type: 'bytes or a size such as 256MB'});
