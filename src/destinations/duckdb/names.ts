/** A name as SQL has it: quoted always, because many are reserved (`at`, `select`). */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A NUL would end the statement. */
export const literal = (text: string): string =>
  `'${text.replaceAll("'", "''").replaceAll('\u0000', "' || chr(0) || '")}'`;

/** Columns of ours, beside those of the records. */
export const extractedAt = '_airbyte_extracted_at';
export const generationId = '_airbyte_generation_id';
/** Fields that found no column any more, as one JSON object. */
export const otherFields = '_other_fields';

/** `rowid` would hide DuckDB's own. */
export const reserved: readonly string[] = ['rowid', extractedAt, generationId, otherFields];

/** DuckDB folds the case of ASCII letters only. */
export const folded = (name: string): string => name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/**
 * The name as DuckDB can have it beside those `taken` (folded): it tells no case apart and knows no empty name, so the later one
 * gets a number.
 */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  // A NUL ends DuckDB's names; other controls only hurt who reads them.
  const clean = wanted.toWellFormed().replace(/[\u0000-\u001f\u007f]/g, '_');
  const base = clean === '' ? '_' : clean;
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base}_${n}`;
    if (!taken.has(folded(name))) return name;
  }
}
