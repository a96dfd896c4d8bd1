import {fromText} from './column-type.js';
import type {Columns} from './columns.js';
import {extractedAt, generationId, literal, otherFields, quoted} from './names.js';
import type {Piece} from './piece.js';

/** Loads a piece into the table; the order of the lines is kept, so that a later row has a greater rowid. */
export function insertPiece(table: string, columns: Columns, piece: Piece, generation: number): string {
  const raw = Array.from({length: piece.columns}, (_, k) => `'c${k}': 'VARCHAR'`);
  const names = [];
  const values = [];
  for (const {index, name, type} of columns.stored()) {
    const shape = piece.shapes[index] ?? 0;
    if (index >= piece.columns || shape === 0) continue;
    names.push(quoted(name));
    values.push(fromText(`c${index}`, type, shape));
  }
  if (columns.hasOthers) {
    names.push(quoted(otherFields));
    values.push('others::JSON');
  }
  names.push(quoted(extractedAt), quoted(generationId));
  values.push('make_timestamptz(1000 * emitted)', String(generation));
  const options = [
    `auto_detect = false, header = false, delim = E'\\x1f', quote = '', escape = '', comment = '', nullstr = E'\\x1e', new_line = '\\n'`,
    `null_padding = ${piece.firstColumns < piece.columns}`,
    `max_line_size = ${piece.longest + 16}, buffer_size = ${Math.max(8 << 20, 2 * piece.longest)}`,
    `columns = {${["'emitted': 'BIGINT'", "'others': 'VARCHAR'", ...raw].join(', ')}}`,
  ];
  return `INSERT INTO ${quoted(table)} (${names.join(', ')})
    SELECT ${values.join(', ')} FROM read_csv(${literal(piece.path)}, ${options.join(', ')})`;
}
