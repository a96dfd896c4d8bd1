import {readFileSync} from 'node:fs';

/** A block of docs/hosts.md, with what its marker says it is: `<!-- test: NAME -->` or `<!-- file: NAME -->` in front of it. */
interface Snippet {
  readonly kind: string;
  readonly name: string;
  readonly language: string;
  readonly text: string;
}

const document = readFileSync(new URL('../../docs/hosts.md', import.meta.url), 'utf8');

/** Every block that has a marker. */
export const snippets: readonly Snippet[] = [
  ...document.matchAll(/^<!-- (\w+): ([\w.-]+) -->\n```(\w*)\n(.*?)^```$/gms),
].map(([, kind = '', name = '', language = '', text = '']) => ({kind, name, language, text}));

/** How many blocks there are, with a marker or without. */
export const blockCount = (document.match(/^```/gm)?.length ?? 0) / 2;

/** The text of one block, with other things in place of those that stand in the documentation. Throws where one is not in it. */
export function snippet(name: string, substitutions: Readonly<Record<string, string>> = {}): string {
  const found = snippets.find((each) => each.name === name);
  if (found === undefined) throw new Error(`docs/hosts.md has no block ${name}`);
  return Object.entries(substitutions).reduce((text, [written, meant]) => {
    if (!text.includes(written)) throw new Error(`${written} is not in the block ${name} of docs/hosts.md`);
    return text.replaceAll(written, meant);
  }, found.text);
}
