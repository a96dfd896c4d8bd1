import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {Client} from 'pg';

/** A server's programs, as Debian installs them or on the PATH. */
const programs = [
  ...(existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').sort().reverse() : []).map(
    (version) => `/usr/lib/postgresql/${version}/bin`,
  ),
  ...(process.env['PATH'] ?? '').split(delimiter),
].find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));

export const password = 'pass/word#1@home';

export interface Server {
  readonly port: number;
  /** A folder with the server's Unix socket. */
  readonly socket: string;
  /** For the superuser `admin`; `login`: another user and password, percent-encoded. */
  url(schema: string, login?: string): string;
  query(sql: string, values?: readonly unknown[]): Promise<(string | null)[][]>;
  /** Ends it at once, as a power cut does. */
  crash(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A new cluster in a temporary folder. The server refuses to run as root: then it runs as nobody. Throws without its programs. */
export async function startServer(settings: readonly string[] = []): Promise<Server> {
  if (programs === undefined) throw new Error("a server's programs are needed: apt-get install postgresql");
  const folder = mkdtempSync(join(tmpdir(), 'pg-'));
  const data = join(folder, 'data');
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? {uid: 65_534, gid: 65_534} : {};
  mkdirSync(data);
  writeFileSync(join(folder, 'password'), `${password}\n`);
  chmodSync(folder, 0o755);
  if (isRoot) for (const path of [folder, data, join(folder, 'password')]) chownSync(path, 65_534, 65_534);
  const bin = programs;
  const options = ['-D', data, '-U', 'admin', '-A', 'scram-sha-256', '--no-sync', '-E', 'UTF8', '--locale=C.UTF-8'];
  execFileSync(join(bin, 'initdb'), [...options, `--pwfile=${join(folder, 'password')}`], {...user, cwd: folder});
  const port = await freePort();
  let running: ChildProcess | undefined;
  const connect = async () => {
    const client = new Client({host: folder, port, user: 'admin', password, database: 'postgres'});
    // A server that is ended on purpose must not end the test too.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const server: Server = {
    port,
    socket: folder,
    url: (schema, login = `admin:${encodeURIComponent(password)}`) =>
      `postgres://${login}@127.0.0.1:${port}/postgres?schema=${encodeURIComponent(schema)}`,
    async query(sql, values = []) {
      const client = await connect();
      try {
        await client.query(`SET TimeZone = 'UTC'`);
        const types = {getTypeParser: () => (value: string) => value};
        return (await client.query<(string | null)[]>({text: sql, values: [...values], rowMode: 'array', types})).rows;
      } finally {
        await client.end();
      }
    },
    async crash() {
      const ended = running === undefined ? undefined : once(running, 'exit');
      running?.kill('SIGQUIT');
      await ended;
      running = undefined;
    },
    async start() {
      const given = ['fsync=off', 'listen_addresses=127.0.0.1', 'max_connections=30', ...settings];
      running = spawn(
        join(bin, 'postgres'),
        ['-D', data, '-k', folder, '-p', String(port), ...given.flatMap((setting) => ['-c', setting])],
        {...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe']},
      );
      // It says when it is ready; what it says later is of no interest, but has to be taken.
      await new Promise<void>((resolve, reject) => {
        let said = '';
        running?.stderr?.on('data', (chunk: Buffer) => {
          said = (said + chunk.toString('utf8')).slice(-10_000);
          if (said.includes('ready to accept connections')) resolve();
        });
        running?.once('exit', () => reject(new Error(`the server ended: ${said}`)));
      });
    },
    async stop() {
      await server.crash();
      rmSync(folder, {recursive: true, force: true});
    },
  };
  await server.start();
  return server;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
