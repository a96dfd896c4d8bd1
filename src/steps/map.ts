import * as z from 'zod';
import {joinRecords} from '../body/records.js';
import {type Member, members, writeObject} from '../json/members.js';
import type {JsonText} from '../json/text.js';
import {forEachInTime} from './cel.js';
import {
  flattenVerb,
  keepVerb,
  parseJsonVerb,
  type Report,
  removeVerb,
  renameVerb,
  setVerb,
  type Verb,
} from './map-verbs.js';
import {recordExpression} from './record-expression.js';
import {SoughtNames} from './sought-names.js';
import {type StepContext, stepKind} from './step.js';

const names = z.array(z.string().min(1)).min(1);

/** The verbs and what they take; the order in which a configuration writes them is the order in which they run. */
const verbs = z
  .strictObject({
    set: z
      .record(z.string().min(1), z.string().min(1))
      .meta({description: 'Field names and CEL expressions over record (short r) as it was before this verb.'}),
    rename: z.record(z.string().min(1), z.string().min(1)).meta({description: 'Old names and new names.'}),
    remove: names.meta({description: 'Fields to leave out.'}),
    keep: names.meta({description: 'The only fields to keep.'}),
    flatten: names.meta({description: 'Objects whose members become fields of their own, named name_member.'}),
    parse_json: names.meta({description: 'Texts that hold JSON and become it; a text that is no JSON stays.'}),
  })
  .partial();

type Verbs = z.output<typeof verbs>;

const isVerb = (name: string): name is keyof Verbs => name in verbs.shape;

/** zod writes keys in the order of the schema; here the order written counts. */
function asWritten(parsed: Verbs, written: object): Verbs {
  const ordered: Verbs = {};
  for (const name of Object.keys(written)) {
    if (isVerb(name)) Object.assign(ordered, {[name]: parsed[name]});
  }
  return ordered;
}

const {$schema: _, ...documented} = z.toJSONSchema(verbs, {io: 'input'});

const schema = z
  .record(z.string(), z.unknown())
  .transform((written, context): Verbs => {
    const result = verbs.safeParse(written);
    if (result.success) {
      if (Object.keys(written).length > 0) return asWritten(result.data, written);
      context.addIssue({code: 'custom', message: `expected one of ${Object.keys(verbs.shape).join(', ')}`});
      return z.NEVER;
    }
    for (const {path, message} of result.error.issues) context.addIssue({code: 'custom', path: [...path], message});
    return z.NEVER;
  })
  .meta({...documented, description: 'Changes the fields of every record; the verbs run in the order written.'});

function verbOf(name: keyof Verbs, options: Verbs, place: string): Verb | undefined {
  const {set, rename, remove = [], keep = [], flatten = [], parse_json: parseJson = []} = options;
  switch (name) {
    case 'set': {
      const fields = Object.entries(set ?? {});
      return setVerb(
        new Map(fields.map(([field, source]) => [field, recordExpression(source, `${place}.set.${field}`)])),
      );
    }
    case 'rename':
      return renameVerb(new Map(Object.entries(rename ?? {})));
    case 'remove':
      return removeVerb(new Set(remove));
    case 'keep':
      return keepVerb(new Set(keep));
    case 'flatten':
      return flattenVerb(new Set(flatten));
    case 'parse_json':
      return parseJsonVerb(new Set(parseJson));
  }
}

/** A record after all verbs. The text for expressions is written anew only where a verb before changed something. */
function mapped(record: JsonText, chain: readonly Verb[], report: Report): Buffer {
  let list: readonly Member[] = members(record);
  let text: JsonText | undefined = record;
  const current = (): JsonText => {
    if (text === undefined) {
      const bytes = writeObject(list);
      text = {bytes, start: 0, end: bytes.length};
    }
    return text;
  };
  for (const verb of chain) {
    const changed = verb(list, current, report);
    if (changed !== list) text = undefined;
    list = changed;
  }
  return writeObject(list);
}

/** Field names that a verb expects in the records. */
function expectedNames(name: keyof Verbs, options: Verbs): readonly string[] {
  if (name === 'set') return [];
  return name === 'rename' ? Object.keys(options.rename ?? {}) : (options[name] ?? []);
}

/** `{map: {set, rename, remove, keep, flatten, parse_json}}` (config-language §11), on members: values keep every digit. */
export const map = stepKind('map', schema, (options, {place, atEnd}: StepContext) => {
  const chain = Object.keys(options)
    .filter(isVerb)
    .flatMap((name): Verb[] => {
      const verb = verbOf(name, options, place);
      if (verb === undefined) return [];
      const sought = new SoughtNames(`${place}.${name}`, expectedNames(name, options));
      atEnd(() => sought.note());
      return [
        (list, record, report) => {
          sought.look(list);
          return verb(list, record, report);
        },
      ];
    });
  return (batch, note) => {
    const report: Report = (matter, text, level = 'info') =>
      note({level, key: `${place}.${matter}`, text: `${place}: ${text}`});
    const records: Buffer[] = [];
    forEachInTime(place, 'map', batch.count, (record) => {
      const start = batch.spans[2 * record] ?? 0;
      const text = {bytes: batch.bytes, start, end: batch.spans[2 * record + 1] ?? start};
      records.push(mapped(text, chain, report));
    });
    return {...joinRecords(records), fields: []};
  };
});
