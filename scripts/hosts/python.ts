import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';

/** Why a host cannot run here: a notice, no failure. */
export class Missing extends Error {}

/**
 * The Python of a virtual environment in `folder` with `packages` in it, made on the first call (a minute or two, once) and kept.
 * Throws Missing where there is no Python 3.10 up to 3.`newest`, no venv, or the packages cannot be had.
 */
export function pythonWith(folder: string, packages: readonly string[], newest = 12): string {
  const python = join(folder, 'bin', 'python');
  const stamp = join(folder, 'packages.json');
  const wanted = JSON.stringify(packages);
  if (existsSync(python) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  mkdirSync(folder, {recursive: true});
  run(
    interpreter(newest),
    ['-m', 'venv', folder],
    'no virtual environment can be made (Debian: apt-get install python3-venv)',
  );
  console.log(`  installing ${packages.join(', ')} into ${folder} (once)`);
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
  run(python, ['-m', 'pip', 'install', ...quiet, ...packages], `${packages.join(', ')} could not be installed`);
  writeFileSync(stamp, wanted);
  return python;
}

function interpreter(newest: number): string {
  const minors = Array.from({length: newest - 9}, (_, index) => newest - index);
  const pyenv = process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv');
  const versions = existsSync(join(pyenv, 'versions')) ? readdirSync(join(pyenv, 'versions')) : [];
  const names = minors.flatMap((minor) => [
    `python3.${minor}`,
    ...versions
      .filter((version) => version.startsWith(`3.${minor}.`))
      .map((version) => join(pyenv, 'versions', version, 'bin', 'python')),
  ]);
  const test = `import sys, venv; sys.exit(not (3, 10) <= sys.version_info < (3, ${newest + 1}))`;
  const found = [process.env['PYTHON'], ...names, 'python3'].find(
    (name) => name !== undefined && spawnSync(name, ['-c', test]).status === 0,
  );
  if (found === undefined) throw new Missing(`no Python 3.10 to 3.${newest} (PYTHON=… names one)`);
  return found;
}

function run(command: string, args: readonly string[], why: string): void {
  const {status, stderr, error} = spawnSync(command, args, {encoding: 'utf8', timeout: 900_000});
  if (status === 0) return;
  const said = (error?.message ?? stderr).trim().split('\n').slice(-3).join('\n  ');
  throw new Missing(`${why}\n  ${said}`);
}
