import {expect} from 'vitest';
import {examples} from '../config/examples.js';
import type {Handler, Reply} from '../support/api-server.js';
import {json} from '../support/api-server.js';

export const apiKey = 'sk-live-4f9d/+2b=';

/** The brief's configuration as somebody pastes it into the web form; lines for `client` may be added. */
export function brief(url: string, client = ''): object {
  const text = examples.find(({title}) => title.startsWith('A plain API'))?.text ?? '';
  expect(text).toContain('https://api.example.com');
  return {
    config: text.replace('base_url: https://api.example.com', `base_url: ${url}${client && `\n  ${client}`}`),
    secrets: JSON.stringify({api_key: apiKey}),
  };
}

/** `{"data": [...]}` in pages of `offset` and `limit`, for the right key only. */
export const rowsOf =
  (count: number): Handler =>
  ({query}) => {
    if (query.get('api_key') !== apiKey) return json({error: 'who are you?'}, {status: 401});
    const offset = Number(query.get('offset'));
    const size = Math.max(0, Math.min(Number(query.get('limit')), count - offset));
    return json({data: Array.from({length: size}, (_, i) => ({id: offset + i + 1, name: `row ${offset + i + 1}`}))});
  };

/** Fails the first request of every target as `failure` says. */
export function onceEach(failure: (page: number) => Reply | undefined, then: Handler): Handler {
  const seen = new Set<string>();
  return (request, index) => {
    const reply = seen.has(request.target) ? undefined : failure(seen.size);
    seen.add(request.target);
    return reply ?? then(request, index);
  };
}
