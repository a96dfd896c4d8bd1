#!/usr/bin/env node
'use strict';
const {readFileSync} = require('node:fs');
const {enableCompileCache} = require('node:module');
const {join} = require('node:path');
const {pathToFileURL} = require('node:url');
const {Script} = require('node:vm');
const {crc32} = require('node:zlib');

// This is dist/main.js. It runs bundle.js with the code that V8 compiled for it when dist/ was built: compiling would be half of a
// start. That code is only good for this very bundle, version of Node and flags; without it the bundle is compiled as any other.

const bundle = join(__dirname, 'bundle.js');
const start = compiled() ?? required();
start(require, pathToFileURL(__filename).href);

/** The bundle as a function; undefined where there is no code for it. V8 looks at versions and flags, and at no content. */
function compiled() {
  const folder = join(__dirname, 'compiled', `${process.version}-${process.arch}`);
  const code = read(join(folder, process.argv[2] ?? '')) ?? read(join(folder, 'read'));
  if (code === undefined) return undefined;
  const source = readFileSync(bundle);
  const cachedData = code.subarray(8);
  if (code.readUInt32LE(0) !== crc32(source) || code.readUInt32LE(4) !== crc32(cachedData)) return undefined;
  // Latin-1, which ASCII is, takes a byte each. The name stands in stack traces.
  return new Script(source.latin1Slice(), {filename: 'dist/bundle.js', cachedData}).runInThisContext();
}

function read(file) {
  try {
    const bytes = readFileSync(file);
    return bytes.length > 8 ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function required() {
  // Node 22 keeps compiled code between runs itself; where there is no place to keep it, nothing happens.
  enableCompileCache?.();
  return require(bundle);
}
