/** When the tests happen, as their clocks and rows see it. */
export const now = Date.UTC(2026, 5, 1, 12);

export const hour = 3_600_000;

/** `2026-06-01T12:00:00Z`, with milliseconds where there are any. */
export const iso = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');

export const range = <Row>(count: number, row: (index: number) => Row): Row[] =>
  Array.from({length: count}, (_, index) => row(index));
