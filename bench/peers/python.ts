import {spawnSync} from 'node:child_process';
import {existsSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {cacheFolder, type Peer, type Runnable} from './peer.js';

/** Written around every script: what it used goes where `measure` looks for it. */
const usage = `
import atexit, json, os, resource
def _report():
    used = resource.getrusage(resource.RUSAGE_SELF)
    with open(os.path.join(os.environ["BENCH_USAGE"], str(os.getpid()) + ".json"), "w") as file:
        json.dump({"cpu": used.ru_utime + used.ru_stime, "rss": used.ru_maxrss / 1024}, file)
atexit.register(_report)
`;

interface PythonPeer {
  readonly name: string;
  /** As pip takes them, with their versions. */
  readonly packages: readonly string[];
  /** The script; its parameters are the URL, the page size, the number of records and a folder of its own. */
  readonly script: string;
}

/** A peer in a virtual environment of its own. */
export function pythonPeer({name, packages, script}: PythonPeer): Peer {
  return {
    name,
    prepare(url, page, records): Runnable | undefined {
      const folder = cacheFolder(name.replaceAll(/[^a-z0-9]+/gi, '-'));
      const program = join(folder, 'venv/bin/python');
      const installed = join(folder, 'installed');
      const done = (command: string, ...parameters: string[]): boolean =>
        spawnSync(command, parameters, {stdio: 'ignore'}).status === 0;
      if (!existsSync(installed)) {
        if (!done('python3', '-m', 'venv', join(folder, 'venv'))) return undefined;
        if (!done(program, '-m', 'pip', 'install', ...packages)) return undefined;
        writeFileSync(installed, '');
      }
      const file = join(folder, 'read.py');
      writeFileSync(file, `${usage}${script}`);
      return {program, parameters: [file, url, String(page), String(records), folder]};
    },
  };
}
