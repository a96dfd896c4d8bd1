/** A rate in three digits: `18.2k`, `940`, `1.30M`. */
export function rate(perSecond: number): string {
  if (perSecond < 1_000) return String(Math.round(perSecond));
  return perSecond < 1_000_000 ? `${(perSecond / 1_000).toFixed(1)}k` : `${(perSecond / 1_000_000).toFixed(2)}M`;
}

/** `0.9 s`, `14 s`, `3 min 20 s`. */
export function duration(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
