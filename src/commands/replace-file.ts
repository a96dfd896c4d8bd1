import {rename, stat, writeFile} from 'node:fs/promises';

/** Writes a file anew, whole or not at all: a token that can be used once must not be lost with half a file. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const {mode} = await stat(file);
  await writeFile(`${file}.part`, text, {mode: mode & 0o777});
  await rename(`${file}.part`, file);
}
