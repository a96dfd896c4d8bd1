import {createHash} from 'node:crypto';

/** A name as SQL has it: quoted always, because many are reserved, and so that upper case stays. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** PostgreSQL has no NUL: its text holds U+FFFD instead. */
export const withoutNul = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\ufffd');

export const literal = (text: string): string => `'${withoutNul(text).replaceAll("'", "''")}'`;

/** Columns of ours, beside those of the records. */
export const extractedAt = '_airbyte_extracted_at';
export const generationId = '_airbyte_generation_id';
/** Members that no column holds as they came, as one JSON object. */
export const otherFields = '_other_fields';

/** Names of system columns cannot be used (PostgreSQL, System Columns). */
export const reserved: readonly string[] = [
  ...['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid'],
  ...[extractedAt, generationId, otherFields],
];

/** Bytes of a name (NAMEDATALEN - 1). The server cuts longer ones, so that two could become one. */
const longest = 63;

function cut(name: string, bytes: number): string {
  let length = 0;
  let result = '';
  for (const character of name) {
    length += Buffer.byteLength(character, 'utf8');
    if (length > bytes) break;
    result += character;
  }
  return result;
}

/** A name that fits: of a longer one its beginning and a hash of the whole, the same in every run. */
function fitted(name: string): string {
  if (Buffer.byteLength(name, 'utf8') <= longest) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 10);
  return `${cut(name, longest - 11)}_${hash}`;
}

/** The name as PostgreSQL can have it beside those `taken`: the later one gets a number. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  const clean = wanted.toWellFormed().replace(/[\u0000-\u001f\u007f]/g, '_');
  const base = fitted(clean === '' ? '_' : clean);
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${cut(base, longest - 1 - String(n).length)}_${n}`;
    if (!taken.has(name)) return name;
  }
}
