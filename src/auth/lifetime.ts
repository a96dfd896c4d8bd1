const iso = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const units = [86_400_000, 3_600_000, 60_000, 1000];

/** ms of seconds or an ISO 8601 duration of days to seconds; undefined for another text. */
export function lifetimeMs(value: number | string): number | undefined {
  if (typeof value === 'number') return value * 1000;
  const parts = iso.exec(value);
  if (parts === null || !/\d[DHMS]$/.test(value)) return undefined;
  return units.reduce((sum, unit, index) => sum + Number(parts[index + 1] ?? 0) * unit, 0);
}
