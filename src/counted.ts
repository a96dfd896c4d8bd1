/** `1 234`, `16 017`: thousands apart, as columns of numbers are read. */
export const grouped = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ' ');

/** `1 page`, `1000 records`, `16 017 rows`, `2 retries`: in a sentence thousands stand apart from 10 000 up. */
export function counted(value: number, one: string, many = `${one}s`): string {
  const digits = value < 10_000 ? String(Math.round(value)) : grouped(value);
  return `${digits} ${Math.round(value) === 1 ? one : many}`;
}
