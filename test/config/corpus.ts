import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';

/** Where real configurations stand, if the checkout has them beside it. */
export const corpusRoot = '../shared/corpus';

/** The real configurations of moderate size, parsed. */
export function corpus(): unknown[] {
  const folder = `${corpusRoot}/configs`;
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => statSync(`${folder}/${file}`).size < 5000);
  return files.map((file): unknown => JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')));
}
