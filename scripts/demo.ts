import {spawn, spawnSync} from 'node:child_process';
import {chmod, copyFile, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join, relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import {table} from '../src/commands/table.js';
import {type DemoApi, demoKey, startDemoApi} from '../src/demo/api.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'demo');
const main = join(root, 'dist', 'main.js');
/** Where other commands find the API of `--serve` again; a sync takes any other when it is in use. */
const usualPort = 8787;

/** `npm run demo`: a sync from the demo API, and the next one. `npm run demo -- --serve`: the API alone, for the other commands. */
async function demo(args: readonly string[]): Promise<number> {
  await mkdir(folder, {recursive: true});
  const epoch = await readEpoch();
  const api = await start(epoch);
  await writeFiles(api);
  if (args.includes('--serve')) {
    console.log(`${api.url}/customers?api_key=${demoKey}   Ctrl-C ends it. Meanwhile, in another terminal:`);
    console.log(`  node dist/main.js sync --config ${shown('demo.yaml')} --into ${shown('demo.duckdb')}`);
    await new Promise((resolve) => process.once('SIGINT', resolve));
    await api.close();
    return 0;
  }
  try {
    build();
    const day = epoch === 0 ? 'its first day' : `day ${epoch + 1}: some rows are new, some have changed`;
    console.log(`A customer API at ${api.url}, ${day}.\n`);
    const code = await sync();
    if (code !== 0) return code;
    await writeFile(join(folder, 'epoch'), `${epoch + 1}\n`);
    console.log(`\nRows that came last (${shown('demo.duckdb')}):`);
    console.log(await lastRows());
    console.log('\nNext:');
    console.log('  npm run demo                again: a day later, only what changed moves');
    console.log(`  ${shown('demo.yaml').padEnd(27)} the configuration: point base_url at your own API`);
    console.log('  npm run demo -- --serve     the API alone, to try the other commands on');
    return 0;
  } finally {
    await api.close();
  }
}

async function readEpoch(): Promise<number> {
  const text = await readFile(join(folder, 'epoch'), 'utf8').catch(() => '0');
  return /^\d+\s*$/.test(text) ? Number(text) : 0;
}

async function start(epoch: number): Promise<DemoApi> {
  const options = {epoch, flaky: true};
  return startDemoApi({...options, port: usualPort}).catch(() => startDemoApi({...options, port: 0}));
}

async function writeFiles(api: DemoApi): Promise<void> {
  await copyFile(join(root, 'src', 'demo', 'config.yaml'), join(folder, 'demo.yaml'));
  const variables = join(folder, 'demo.env');
  await writeFile(variables, `DEMO_URL=${api.url}\napi_key=${demoKey}\n`, {mode: 0o600});
  await chmod(variables, 0o600);
}

/** Does nothing where dist/ is as new as src/. */
function build(): void {
  const {status} = spawnSync('npm', ['run', 'build', '--silent'], {cwd: root, stdio: 'inherit'});
  if (status !== 0) throw new Error('the build failed');
}

function sync(): Promise<number> {
  const args = ['sync', '--config', shown('demo.yaml'), '--into', shown('demo.duckdb')];
  const child = spawn(process.execPath, [main, ...args], {cwd: root, stdio: 'inherit'});
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

async function lastRows(): Promise<string> {
  const {DuckDBInstance} = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(join(folder, 'demo.duckdb'), {access_mode: 'READ_ONLY'});
  const connection = await instance.connect();
  const titles = ['customer_id', 'name', 'city', 'balance', 'updated_at'];
  const reader = await connection.runAndReadAll(
    `SELECT customer_id, name, address ->> '$.city', balance, strftime(updated_at AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M')
       FROM customers ORDER BY updated_at DESC LIMIT 5`,
  );
  const rows = reader.getRowsJson().map((row) => row.map(String));
  connection.closeSync();
  instance.closeSync();
  return table(
    titles.map((title) => ({title})),
    rows,
    process.stdout.columns ?? 120,
  );
}

const shown = (name: string): string => relative(root, join(folder, name));

process.exitCode = await demo(process.argv.slice(2));
