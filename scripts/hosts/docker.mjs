// Stands for `docker` where no engine runs: `docker run … IMAGE COMMAND…` starts the built CLI in SOURCE_REST_API (a path) with the
// volumes' paths put in place of those in the container, `docker --version` answers, and everything else fails as it would.
import {spawn} from 'node:child_process';

const [verb = '', ...rest] = process.argv.slice(2);
if (verb === '--version') {
  process.stdout.write('Docker version 0.0.0, stand-in\n');
} else if (verb === 'run') {
  start(rest);
} else {
  process.stderr.write(`docker ${verb}: there is no engine here\n`);
  process.exitCode = 1;
}

function start(words) {
  const volumes = [];
  const variables = {};
  const take = {
    '-v': (value) => volumes.push(value.split(':')),
    '-e': (value) => Object.assign(variables, Object.fromEntries([value.split(/=(.*)/s).slice(0, 2)])),
    '--network': () => undefined,
    '--name': () => undefined,
  };
  take['--volume'] = take['-v'];
  take['--env'] = take['-e'];
  let at = 0;
  for (; words[at]?.startsWith('-'); at++) {
    const [name, value] = words[at].split(/=(.*)/s);
    if (take[name] !== undefined) take[name](value ?? words[++at]);
  }
  const inside = (word) => {
    const volume = volumes.find(([, path]) => word === path || word.startsWith(`${path}/`));
    return volume === undefined ? word : volume[0] + word.slice(volume[1].length);
  };
  const main = process.env.SOURCE_REST_API;
  const args = [main, ...words.slice(at + 1).map(inside)];
  // As in the image: nothing of the caller's environment but what is given.
  const env = {PATH: process.env.PATH, NODE_ENV: 'production', NODE_NO_WARNINGS: '1', ...variables};
  const child = spawn(process.execPath, args, {stdio: 'inherit', env});
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGTERM' ? 143 : 130);
  });
}
