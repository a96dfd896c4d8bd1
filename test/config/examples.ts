import {readFileSync} from 'node:fs';

/** The worked examples of the reference: a YAML stream, the comment behind `---` is the title. */
export const examples: readonly {readonly title: string; readonly text: string}[] = readFileSync(
  'scripts/generate/examples.yaml',
  'utf8',
)
  .split(/^---/m)
  .slice(1)
  .map((part) => {
    const [title = '', ...lines] = part.replace(/^\s*/, '').split('\n');
    return {title: title.replace(/^#\s*/, ''), text: lines.join('\n')};
  });
