/** The whole numbers from the first to the last. */
export const numbers = (from: number, to: number): number[] => Array.from({length: to - from + 1}, (_, i) => from + i);
