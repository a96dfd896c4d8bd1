import type {IncomingHttpHeaders} from 'node:http';

/** The headers of an answer, by name in any case, repeated ones joined with ", ". A `Headers` is one too. */
export interface AnswerHeaders extends Iterable<[string, string]> {
  get(name: string): string | null;
  has(name: string): boolean;
}

/** Node's headers as they are: a `Headers` per page would cost more than reading the page's records. */
export function answerHeaders(received: IncomingHttpHeaders): AnswerHeaders {
  const get = (name: string): string | null => {
    const key = name.toLowerCase();
    const value = Object.hasOwn(received, key) ? received[key] : undefined;
    if (value === undefined) return null;
    return typeof value === 'string' ? value : value.join(', ');
  };
  return {
    get,
    has: (name) => get(name) !== null,
    *[Symbol.iterator]() {
      for (const name of Object.keys(received).sort()) yield [name, get(name) ?? ''];
    },
  };
}
