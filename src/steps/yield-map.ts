import * as z from 'zod';
import type {Batch} from '../body/page.js';
import {joinRecords, toBatch} from '../body/records.js';
import {elements, type Member, member, members, writeObject} from '../json/members.js';
import {type JsonText, jsonText, kindOf} from '../json/text.js';
import type {Note} from '../log.js';
import {SoughtNames} from './sought-names.js';
import {type StepContext, stepKind} from './step.js';

const schema = z
  .strictObject({
    explode: z.string().min(1).meta({
      description:
        'Name of the field whose list becomes one record per element. Empty or missing: the record stays, with null there.',
    }),
    as: z
      .string()
      .min(1)
      .optional()
      .meta({description: 'Name of the element in the new records; default: that of the list.'}),
    keep_parent: z.boolean().default(true).meta({
      description:
        'true: the other fields of the record stand beside the element. false: the elements alone, and none for an empty list.',
    }),
  })
  .meta({description: 'One record per element of a list in each record.'});

const nothing = jsonText('null');

/** The elements of the last member of that name; an empty list, null and a missing member have none; another value is one. */
function elementsOf(list: readonly Member[], name: string, other: () => void): JsonText[] {
  const value = list.findLast((entry) => entry.key === name)?.value;
  if (value === undefined || kindOf(value) === 'null') return [];
  if (kindOf(value) === 'array') return elements(value);
  other();
  return [value];
}

/** The record with the element in the list's place; no other member has its name. */
function beside(list: readonly Member[], name: string, as: string, element: JsonText): Buffer {
  const position = list.findLastIndex((entry) => entry.key === name);
  const made = member(as, element);
  const others = list.map((entry, index) => (index === position ? made : entry));
  const all = position < 0 ? [...others, made] : others;
  return writeObject(all.filter((entry) => entry === made || (entry.key !== name && entry.key !== as)));
}

/** `{yield_map: {explode, as, keep_parent}}` (config-language §11). */
export const yieldMap = stepKind('yield_map', schema, (options, {place, atEnd}: StepContext) => {
  const {explode, as = explode, keep_parent: keepParent} = options;
  const sought = new SoughtNames(`${place}.explode`, [explode]);
  atEnd(() => sought.note());
  return (batch, note): Batch => {
    const records: Buffer[] = [];
    const alone: JsonText[] = [];
    const other = (): void =>
      note({
        level: 'warn',
        key: `${place}.no_list`,
        text: `${place}: ${explode} is no list in some records; its value is taken as the only element`,
      });
    for (let record = 0; record < batch.count; record += 1) {
      const start = batch.spans[2 * record] ?? 0;
      const list = members({bytes: batch.bytes, start, end: batch.spans[2 * record + 1] ?? start});
      sought.look(list);
      const found = elementsOf(list, explode, other);
      if (!keepParent) for (const element of found) alone.push(element);
      else
        for (const element of found.length === 0 ? [nothing] : found) records.push(beside(list, explode, as, element));
    }
    return keepParent ? {...joinRecords(records), fields: []} : elementsAlone(batch, alone, note);
  };
});

/** Elements as records: nulls dropped, scalars and lists as {"value": …}, as on a page. */
function elementsAlone(batch: Batch, found: readonly JsonText[], note: (note: Note) => void): Batch {
  const spans = new Int32Array(2 * found.length);
  found.forEach((text, position) => {
    spans[2 * position] = text.start;
    spans[2 * position + 1] = text.end;
  });
  return toBatch({bytes: batch.bytes, count: found.length, spans, fields: undefined, clean: false}, [], note);
}
