import type * as z from 'zod';
import type {Note} from '../log.js';

/** Decoded text of a body as one JSON document, for the scanner: JSON itself, or the array of the rows. */
export interface JsonDocument {
  readonly bytes: Buffer;
  readonly start: number;
  /** The rows are the records and no selector applies (jsonl, csv). */
  readonly rowsAreRecords: boolean;
}

/** `response.<format>` by the format's name. */
export type FormatOptions = Readonly<Record<string, unknown>>;

/**
 * One body format: the content types it answers to, the keys it takes in `response`, and how UTF-8 bytes become JSON text.
 * Throws BodyError for what does not parse. One file per format, one line in formats.ts.
 */
export interface FormatKind {
  readonly name: string;
  /** Matches a lower-case media type without parameters. */
  readonly mediaTypes: RegExp;
  /** The schema of `response.<name>`, where the format has options. */
  readonly options?: z.ZodType;
  toJson(utf8: Buffer, options: unknown, note: (note: Note) => void): JsonDocument;
}
