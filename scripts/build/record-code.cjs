'use strict';
const {mkdirSync, readFileSync, writeFileSync} = require('node:fs');
const {createRequire} = require('node:module');
const {dirname, join} = require('node:path');
const {pathToFileURL} = require('node:url');
const v8 = require('node:v8');
const {Script} = require('node:vm');
const {crc32} = require('node:zlib');

// record-code.cjs DIST MAIN COMMAND …: runs a command of DIST/bundle.js as launcher.cjs does when it is MAIN, and keeps the code that V8
// compiled for it, behind the checksums of the bundle and of itself.

const [, , dist, main, command, ...rest] = process.argv;
const file = join(dist, 'compiled', `${process.version}-${process.arch}`, command);

// The code is good for the flags that V8 has when it is written: those it is started with.
v8.setFlagsFromString = () => undefined;
process.argv = [process.execPath, main, command, ...rest];
const source = readFileSync(join(dist, 'bundle.js'));
const script = new Script(source.latin1Slice(), {filename: 'dist/bundle.js'});
process.on('exit', (status) => {
  if (status !== 0) return;
  const code = script.createCachedData();
  const head = Buffer.alloc(8);
  head.writeUInt32LE(crc32(source), 0);
  head.writeUInt32LE(crc32(code), 4);
  mkdirSync(dirname(file), {recursive: true});
  writeFileSync(file, Buffer.concat([head, code]));
});
script.runInThisContext()(createRequire(main), pathToFileURL(main).href);
