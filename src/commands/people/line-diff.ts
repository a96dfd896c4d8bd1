/** Lines around a change that are shown with it. */
const context = 2;

interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** The changed lines of a text as a unified diff; empty where the texts are equal. */
export function lineDiff(before: string, after: string, file: string): string {
  if (before === after) return '';
  const lines = compare(before.split('\n'), after.split('\n'));
  const shown = lines.map((_, k) =>
    lines.slice(Math.max(0, k - context), k + context + 1).some(({mark}) => mark !== ' '),
  );
  const out = [`--- ${file}`, `+++ ${file}`];
  let line = 1;
  for (const [k, {mark, text}] of lines.entries()) {
    if (shown[k] === true && shown[k - 1] !== true) out.push(`@@ line ${line} @@`);
    if (shown[k] === true) out.push(`${mark}${text}`);
    if (mark !== '+') line += 1;
  }
  return out.join('\n');
}

/** By the longest common subsequence of what lies between the equal head and tail. */
function compare(a: readonly string[], b: readonly string[]): readonly Line[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const kept = (text: string): Line => ({mark: ' ', text});
  const inner = between(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  return [...a.slice(0, head).map(kept), ...inner, ...a.slice(a.length - tail).map(kept)];
}

function between(a: readonly string[], b: readonly string[]): readonly Line[] {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const [old, fresh] = [a[i], b[j]];
    if (old !== undefined && old === fresh) {
      lines.push({mark: ' ', text: old});
      i += 1;
      j += 1;
    } else if (old !== undefined && (fresh === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({mark: '-', text: old});
      i += 1;
    } else if (fresh !== undefined) {
      lines.push({mark: '+', text: fresh});
      j += 1;
    }
  }
  return lines;
}
