import {expect} from 'vitest';
import {examples} from '../config/examples.js';
import type {Handler, Reply} from '../support/api-server.js';
import {json} from '../support/api-server.js';
import type {Ended} from '../support/run-cli.js';

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
  (count: number, row: (id: number) => object = (id) => ({id, name: `row ${id}`})): Handler =>
  ({query}) => {
    if (query.get('api_key') !== apiKey) return json({error: 'who are you?'}, {status: 401});
    const offset = Number(query.get('offset'));
    const size = Math.max(0, Math.min(Number(query.get('limit')), count - offset));
    return json({data: Array.from({length: size}, (_, i) => row(offset + i + 1))});
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

export const numbers = (from: number, to: number): number[] => Array.from({length: to - from + 1}, (_, i) => from + i);

/** A catalog as PyAirbyte and Meltano write it: names, modes and not much more. */
export const catalogOf = (
  names: readonly string[],
  mode: 'full_refresh' | 'incremental' = 'full_refresh',
  more: object = {},
): object => ({
  streams: names.map((name) => ({
    stream: {name, json_schema: {type: 'object', properties: {}}, supported_sync_modes: ['full_refresh']},
    sync_mode: mode,
    destination_sync_mode: 'append',
    ...more,
  })),
});

/** The end of a process as hosts see it: its code, the signal, and stderr, where nothing may ever stand. */
export const endOf = ({code, signal, stderr}: Ended): unknown[] => [code, signal, stderr];
export const fine = [0, null, ''];
export const failed = [1, null, ''];
