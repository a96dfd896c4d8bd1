import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const recorder = fileURLToPath(new URL('record-code.cjs', import.meta.url));

/**
 * Keeps in `dist` the code that V8 compiles for the commands a host starts, of which each is run once, against an API of two
 * pages: what is called then is compiled. `main`: where dist/main.js will be. Without the code dist/ works all the same, so a
 * failure is only told.
 */
export async function compileAhead(dist: string, main: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'source-rest-api-'));
  const server = createServer(({url = ''}, response) => {
    const count = url.includes('offset=0') ? 100 : url.includes('offset=100') ? 1 : 0;
    const data = Array.from({length: count}, (_, id) => ({id, updated_at: '2026-01-01T00:00:00Z', amount: count}));
    response.setHeader('content-type', 'application/json').end(JSON.stringify({data}));
  });
  try {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const file = (name: string, content: object): string => {
      const path = join(folder, name);
      writeFileSync(path, JSON.stringify(content));
      return path;
    };
    const config = file('config.json', configOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    const catalog = file('catalog.json', catalogOf());
    for (const parameters of [
      ['spec'],
      ['check', '--config', config],
      ['discover', '--config', config],
      ['read', '--config', config, '--catalog', catalog],
    ]) {
      const child = spawn(process.execPath, [recorder, dist, main, ...parameters], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const [code] = await once(child, 'close');
      if (code !== 0) console.error(`build: no code is kept for ${parameters[0]}, which ended with ${code}`);
    }
  } finally {
    server.close();
    rmSync(folder, {recursive: true});
  }
}

const configOf = (url: string): object => ({
  client: {base_url: url, auth: {type: 'api_key', name: 'api_key', api_key: 'none', location: 'query'}},
  resources: [
    {
      name: 'records',
      primary_key: 'id',
      write_disposition: 'merge',
      endpoint: {
        path: 'records',
        data_selector: 'data',
        paginator: {type: 'offset', limit: 100},
        incremental: {cursor_path: 'updated_at', start_param: 'since', initial_value: '2025-01-01T00:00:00Z'},
      },
    },
  ],
});

const catalogOf = (): object => ({
  streams: [
    {
      stream: {name: 'records', json_schema: {}, supported_sync_modes: ['full_refresh', 'incremental']},
      sync_mode: 'incremental',
      destination_sync_mode: 'append_dedup',
      cursor_field: ['updated_at'],
      primary_key: [['id']],
    },
  ],
});
