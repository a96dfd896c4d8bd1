import {existsSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import v8 from 'node:v8';
import {bundleFile, codeFile, codeOf, compile, keep, type Program} from './code.js';

// recorder.cjs DIST COMMAND …: runs a command as the launcher does, and keeps the code that V8 has compiled by its end. What was kept
// of a command before stays in it.

const [, , dist = '', ...args] = process.argv;
const main = join(dist, 'main.js');
const bundle = bundleFile(dist);
const source = readFileSync(bundle);
const file = codeFile(dist, args[0]);
const script = compile(source, existsSync(file) ? codeOf(readFileSync(file)) : undefined);

process.argv = [process.execPath, main, ...args];
// The code is good for the flags that V8 has when it is written: they have to be those of a start.
Object.assign(v8, {setFlagsFromString: () => undefined});
process.on('exit', (code) => {
  if (code === 0) keep(script, source, file);
});
const program: Program = script.runInThisContext();
program(createRequire(main), pathToFileURL(bundle).href);
