/**
 * "; did you mean data_selector?" for the known name nearest to `written`, else for the only one that begins with it, else "".
 * Case, `_`, `-` and spaces do not count.
 */
export function didYouMean(written: string, known: Iterable<string>): string {
  const names = [...known];
  const name = nearest(written, names) ?? completed(written, names);
  return name === undefined ? '' : `; did you mean ${name}?`;
}

function completed(written: string, known: readonly string[]): string | undefined {
  const target = plain(written);
  const [name, ...others] = target.length < 4 ? [] : known.filter((candidate) => plain(candidate).startsWith(target));
  return others.length === 0 ? name : undefined;
}

/** The known name within a third of the written one's length (edit distance), else undefined. */
export function nearest(written: string, known: Iterable<string>): string | undefined {
  if (written.length > 100) return undefined;
  const target = plain(written);
  let best: string | undefined;
  let bestDistance = (target.length < 3 ? 0 : Math.max(1, Math.floor(target.length / 3))) + 1;
  for (const name of known) {
    const candidate = plain(name);
    if (Math.abs(candidate.length - target.length) >= bestDistance) continue;
    const found = distance(target, candidate);
    if (found < bestDistance) {
      best = name;
      bestDistance = found;
    }
  }
  return best;
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[_\s-]/g, '');

/** Edit distance with transposed neighbours counting one (optimal string alignment). */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({length: b.length + 1}, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let value = Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        value = Math.min(value, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(value);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
