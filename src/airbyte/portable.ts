import {configError} from '../errors.js';
import {type Member, members, writeObject} from '../json/members.js';
import {jsonText} from '../json/text.js';
import {type Hazards, hazardsOf, safeDepth} from './hazards.js';
import type {RecordChange} from './protocol.generated.js';
import type {RecordSpans} from './stdout.js';

/** Nesting and digits that Java's and Python's parsers still take; the message around the record is three levels more. */
const greatestDepth = 900;
const longestNumber = 1_000;

/** Bytes of a whole line, its line break included: Jitsu's reader dies above it. */
export const longestLine = 10 * 1024 * 1024;

/** What went out although some hosts drop the record for it. */
export type Doubt = 'lone surrogates' | `nesting beyond ${typeof safeDepth} levels` | "numbers beyond a double's range";

export interface PortableRecord {
  readonly record: RecordSpans;
  readonly changes: readonly RecordChange[];
  readonly doubts: readonly Doubt[];
}

export interface PortableOptions {
  /** `client.unportable: replace`: doubtful values are nulled too. */
  readonly replace: boolean;
  /** Levels around the record's fields beside the record itself: 1 for a schemaless record. */
  readonly around: number;
  /** Put before a field's name in `changes`: `data.` for a schemaless record. */
  readonly prefix: string;
  /** Bytes of the line beside the record, without `meta`. */
  readonly overhead: number;
  /** For the message when a record cannot be made to fit. */
  readonly stream: string;
}

/**
 * A record that every host can read: the top-level fields around what none can are null, named in `changes` (contract,
 * *Records and statuses*). Throws a config_error for a record whose mere field names are over the limit of a line.
 */
export function portable(bytes: Buffer, start: number, end: number, options: PortableOptions): PortableRecord {
  const doubts = new Set<Doubt>();
  const changes: RecordChange[] = [];
  let altered = false;
  const fields = members({bytes, start, end}).map((member): Member => {
    const value = hazardsOf(member.value.bytes, member.value.start, member.value.end);
    const name = hazardsOf(member.keyText.bytes, member.keyText.start, member.keyText.end);
    const found = doubtsOf(value, options.around + 1);
    const unreadable = value.depth + options.around + 1 > greatestDepth || value.longestNumber > longestNumber;
    const replaced = unreadable || (options.replace && found.length > 0);
    if (!replaced) for (const doubt of found) doubts.add(doubt);
    if (name.loneSurrogate && !options.replace) doubts.add('lone surrogates');
    const keyed = name.loneSurrogate && options.replace ? wellNamed(member) : member;
    altered ||= replaced || keyed !== member;
    if (!replaced) return keyed;
    changes.push(nulled(options.prefix + keyed.key, 'SOURCE_SERIALIZATION_ERROR'));
    return {...keyed, value: jsonText('null')};
  });
  const size = (altered ? sizeOf(fields) : end - start) + options.overhead + costOf(changes);
  if (size > longestLine) {
    shrink(fields, changes, options);
  } else if (!altered) {
    return {record: {bytes, spans: Int32Array.of(start, end)}, changes, doubts: [...doubts]};
  }
  const written = writeObject(fields);
  return {record: {bytes: written, spans: Int32Array.of(0, written.length)}, changes, doubts: [...doubts]};
}

/** Nulls the largest field until the line fits. */
function shrink(fields: Member[], changes: RecordChange[], options: PortableOptions): void {
  const order = fields.map((_, index) => index).sort((a, b) => lengthOf(fields[b]) - lengthOf(fields[a]));
  let size = sizeOf(fields) + options.overhead + costOf(changes);
  for (const index of order) {
    if (size <= longestLine) return;
    const field = fields[index];
    if (field === undefined) continue;
    const change = nulled(options.prefix + field.key, 'SOURCE_RECORD_SIZE_LIMITATION');
    const cost = costOf([change]);
    if (lengthOf(field) <= cost + 4) break;
    fields[index] = {...field, value: jsonText('null')};
    changes.push(change);
    size += cost + 4 - lengthOf(field);
  }
  if (size <= longestLine) return;
  throw configError(
    `${options.stream}: a record of ${size} bytes has ${fields.length} fields and no large one: a line may have ` +
      `${longestLine} bytes. Keep fewer fields with processing_steps: [{map: {keep: […]}}].`,
  );
}

function doubtsOf(value: Hazards, around: number): Doubt[] {
  const found: Doubt[] = [];
  if (value.loneSurrogate) found.push('lone surrogates');
  if (value.depth + around > safeDepth) found.push(`nesting beyond ${safeDepth} levels`);
  if (value.hugeNumber) found.push("numbers beyond a double's range");
  return found;
}

function wellNamed(member: Member): Member {
  const key = member.key.toWellFormed();
  return {...member, key, keyText: jsonText(JSON.stringify(key))};
}

const nulled = (field: string, reason: RecordChange['reason']): RecordChange => ({
  field: field.toWellFormed(),
  change: 'NULLED',
  reason,
});

const lengthOf = (field: Member | undefined): number => (field === undefined ? 0 : field.value.end - field.value.start);

/** Of the object as writeObject writes it: braces, colons, commas. */
function sizeOf(fields: readonly Member[]): number {
  let size = 2;
  for (const {keyText, value} of fields) size += keyText.end - keyText.start + 1 + (value.end - value.start) + 1;
  return size;
}

/** Of the changes in the line, rounded up by what stands around them. */
const costOf = (changes: readonly RecordChange[]): number =>
  changes.length === 0 ? 0 : 24 + Buffer.byteLength(JSON.stringify(changes), 'utf8');
