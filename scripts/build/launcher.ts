import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';
import {bundleFile, codeFile, type Program, recall} from './code.js';

// This is dist/main.js: it runs the bundle with the code that V8 compiled when dist/ was built (record.ts), for most of a start is
// compiling. It is CommonJS, which Node starts sooner than modules.

const load = createRequire(__filename);
const bundle = bundleFile(__dirname);
const command = process.argv[2];
const program = recall(bundle, codeFile(__dirname, command)) ?? compiled();

// Node's own modules come with compiled code too. It is good for the flags that V8 was started with, and the program changes them.
for (const name of ['child_process', 'fs/promises', ...(command === 'spec' ? [] : ['dns', 'tls'])])
  load(`node:${name}`);

program(load, pathToFileURL(bundle).href);

/** Node 22 and later keep compiled code between runs; where there is no place to keep it, nothing happens. */
function compiled(): Program {
  const {enableCompileCache}: {readonly enableCompileCache?: () => unknown} = load('node:module');
  enableCompileCache?.();
  return load(bundle);
}
