import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {cli} from '../../src/cli.js';
import type {Host} from '../../src/commands/command.js';
import {type Handler, json} from '../support/api-server.js';
import {testHost} from '../support/run-source.js';

export interface Desk {
  readonly file: string;
  readonly text: () => string;
  write(name: string, text: string): string;
  run(
    args: readonly string[],
    options?: Parameters<typeof testHost>[0] & {readonly host?: Partial<Host>},
  ): Promise<{code: number; out: string; err: string; lines: string[]; events: Record<string, unknown>[]}>;
}

/** A folder with acme.yaml and, beside it, acme.env: the commands run in this process, `--config` is added. */
export function desk(config: string, env?: string): Desk {
  const folder = mkdtempSync(join(tmpdir(), 'people-'));
  onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
  const file = join(folder, 'acme.yaml');
  writeFileSync(file, config);
  if (env !== undefined) writeFileSync(join(folder, 'acme.env'), env, {mode: 0o600});
  return {
    file,
    text: () => readFileSync(file, 'utf8'),
    write: (name, text) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    },
    run: async (args, {host, ...options} = {}) => {
      const made = testHost(options);
      const code = await cli([...args, '--config', file], {...made.host, ...host});
      const out = made.stdout().replaceAll(file, 'acme.yaml').replaceAll(join(folder, 'acme.env'), 'acme.env');
      const lines = out.split('\n').slice(0, -1);
      return {
        code,
        out,
        err: made.stderr().replaceAll(file, 'acme.yaml'),
        lines,
        get events() {
          return lines.map((line): Record<string, unknown> => JSON.parse(line));
        },
      };
    },
  };
}

const issue = (number: number) => ({
  id: 2_304_958_000 + number,
  number,
  state: number % 3 === 0 ? 'closed' : 'open',
  title: `Issue ${number}`,
  user: {login: 'octo', id: 7},
  closed_at: number % 3 === 0 ? '2026-01-02T00:00:00Z' : null,
  milestone: null,
  updated_at: new Date(Date.UTC(2025, 0, 1) + number * 3_600_000).toISOString().replace('.000Z', 'Z'),
});

/** GitHub's shape: Link headers, two repositories, 231 issues in one and none in the other. `since` is honoured. */
export const github = (options: {readonly limited?: boolean} = {}): Readonly<Record<string, Handler>> => ({
  '/repos': () =>
    json([
      {id: 1, name: 'app'},
      {id: 2, name: 'web'},
    ]),
  '/repos/acme/app/issues': ({query, path}, _) => {
    const page = Number(query.get('page') ?? '1');
    const since = query.get('since') ?? '';
    const all = Array.from({length: 231}, (_, k) => issue(k + 1)).filter(({updated_at}) => updated_at >= since);
    const rows = all.slice((page - 1) * 100, page * 100);
    const next = new URLSearchParams(query);
    next.set('page', String(page + 1));
    const link = page * 100 < all.length ? {link: `<${path}?${next}>; rel="next"`} : {};
    return json(rows, {headers: link});
  },
  '/repos/acme/web/issues': (_, index) =>
    options.limited === true && index === 0
      ? json({message: 'slow down'}, {status: 403, headers: {'retry-after': '12'}})
      : json([]),
  '/repos/acme/app/label': () => json({message: 'Not Found'}, {status: 404}),
});

export const githubConfig = (url: string): string => `# acme's issues
client:
  base_url: ${url}
  auth: {type: bearer, token: "{secrets.token}"}   # personal
resources:
  - name: repos
    primary_key: id
  - name: issues   # all of them
    endpoint:
      path: repos/acme/{resources.repos.name}/issues
      params: {state: all, per_page: 100, since: "{incremental.start_value}"}
      # newest change last
      incremental: {cursor_path: updated_at}
  - name: labels
    endpoint: repos/acme/app/label
`;
