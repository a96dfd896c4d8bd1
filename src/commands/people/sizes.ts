/** `163 B`, `61 kB`, `1.2 MB`: a size in three digits at most. */
export function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 999_500) return `${bytes < 9_950 ? (bytes / 1_000).toFixed(1) : Math.round(bytes / 1_000)} kB`;
  const mb = bytes / 1_000_000;
  return `${mb < 10 ? mb.toFixed(1) : Math.round(mb)} MB`;
}

/** `12 s`, `0.3 s`. */
export const seconds = (ms: number): string =>
  `${ms < 10_000 ? Number((ms / 1_000).toFixed(1)) : Math.round(ms / 1_000)} s`;
