import {Buffer} from 'node:buffer';
import asc from 'assemblyscript/asc';

/** SIMD is what it is for. The memory begins with four pages of 64 kB; the caller makes it grow. */
const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--initialMemory', '4'];

/** `assembly/scan.ts` compiled, as base64 in a module: part of the bundle, so that nothing has to be found at run time. */
export async function engineModule(read: (path: string) => string | undefined): Promise<string> {
  let wasm: Uint8Array | undefined;
  const {error, stderr} = await asc.main(['assembly/scan.ts', ...options, '--outFile', 'scan.wasm'], {
    readFile: (path) => read(path) ?? null,
    writeFile: (_path, contents) => {
      if (typeof contents !== 'string') wasm = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || wasm === undefined) throw new Error(`assembly/scan.ts: ${stderr.toString()}`);
  const lines =
    Buffer.from(wasm)
      .toString('base64')
      .match(/.{1,112}/g) ?? [];
  const literal = lines.map((line) => `  '${line}'`).join(' +\n');
  return `/* Generated from assembly/scan.ts by \`npm run generate\`. Do not edit. */\nexport const scanWasm =\n${literal};\n`;
}
