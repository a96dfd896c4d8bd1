import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {json, startApi} from '../support/api-server.js';
import {runCli} from '../support/run-cli.js';

test('sync stores the token that discover renewed, and read goes on with it', async () => {
  let valid = 'refresh-0';
  await using api = await startApi({
    '/token': ({body}, index) => {
      if (new URLSearchParams(body).get('refresh_token') !== valid)
        return json({error: 'invalid_grant'}, {status: 400});
      valid = `refresh-${index + 1}`;
      return json({access_token: `tok-${index}`, refresh_token: valid, expires_in: 3600});
    },
    '/rows': json([{id: 1}]),
  });
  const folder = mkdtempSync(join(tmpdir(), 'renewal-'));
  const file = join(folder, 'acme.yaml');
  const text = (token: string): string => `# ours
client:
  base_url: ${api.url}
  auth: {type: oauth2_refresh_token, token_url: "${api.url}/token", client_id: x, refresh_token: "${token}"}
resources: [rows]
`;
  writeFileSync(file, text('refresh-0'));
  const run = await runCli(['sync', '--config', file, '--into', join(folder, 'out/'), '--json']);
  expect(run.code).toBe(0);
  expect(valid).toBe('refresh-2');
  expect(readFileSync(file, 'utf8')).toBe(text('refresh-2'));
});
