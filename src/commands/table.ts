/** A column of a table for people: numbers are set to the right. */
export interface TableColumn {
  readonly title: string;
  readonly numeric?: true;
}

/** Rows under their titles, as wide as their texts; the last column is cut where the terminal ends. */
export function table(columns: readonly TableColumn[], rows: readonly (readonly string[])[], width: number): string {
  const widths = columns.map(({title}, k) => Math.max(title.length, ...rows.map((row) => (row[k] ?? '').length)));
  const line = (cells: readonly string[]): string => {
    const parts = columns.map(({numeric}, k) => {
      const text = cells[k] ?? '';
      const size = widths[k] ?? 0;
      return numeric === true ? text.padStart(size) : text.padEnd(size);
    });
    const whole = ` ${parts.join('  ')}`.trimEnd();
    return whole.length > width ? `${whole.slice(0, Math.max(1, width - 1))}…` : whole;
  };
  return [line(columns.map(({title}) => title)), ...rows.map(line)].join('\n');
}
