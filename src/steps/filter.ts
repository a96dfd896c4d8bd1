import * as z from 'zod';
import {pickRecords} from '../body/records.js';
import {configError} from '../errors.js';
import {members} from '../json/members.js';
import {forEachInTime} from './cel.js';
import {recordExpression} from './record-expression.js';
import {SoughtNames} from './sought-names.js';
import {stepKind} from './step.js';

const schema = z
  .string()
  .min(1)
  .meta({
    description:
      'CEL expression over record (short r); keeps the records for which it is true. A missing key, or a null that is compared, is not true; has(r.key) asks for it.',
    examples: ['r.status == "active"', 'has(r.deleted_at) && r.deleted_at != null'],
  });

/** `{filter: "CEL"}` (config-language §11): keeps the records for which the expression is true, as the bytes they are. */
export const filter = stepKind('filter', schema, (source, {place, atEnd}) => {
  const expression = recordExpression(source, place);
  if (expression.type !== 'bool' && expression.type !== 'dyn') {
    throw configError(
      `${place}: ${JSON.stringify(source)} gives ${expression.type}, not true or false; compare it with something`,
    );
  }
  const sought = new SoughtNames(place, expression.names ?? []);
  let isAllMissing = true;
  atEnd(() => {
    const unseen = isAllMissing ? sought.note() : undefined;
    return unseen && {...unseen, level: 'warn', text: `${unseen.text} (so all were left out)`};
  });
  return (batch, note) => {
    const kept: number[] = [];
    let missing = 0;
    forEachInTime(place, source, batch.count, (record) => {
      const start = batch.spans[2 * record] ?? 0;
      const text = {bytes: batch.bytes, start, end: batch.spans[2 * record + 1] ?? start};
      const value = expression.value(text);
      if (value === true) kept.push(record);
      else if (value === undefined) {
        missing += 1;
        if (isAllMissing) sought.look(members(text));
      } else if (value !== false) {
        throw configError(
          `${place}: ${JSON.stringify(source)} gives a ${kindOf(value)} for a record, not true or false; compare it with something`,
        );
      }
    });
    if (missing < batch.count) isAllMissing = false;
    if (missing > 0) {
      note({
        level: 'info',
        key: `${place}.missing`,
        text: `${place}: records without a key that ${JSON.stringify(source)} reads, or with null there, were left out; has(…) decides otherwise`,
        count: missing,
      });
    }
    return pickRecords(batch, kept);
  };
});

const kindOf = (value: unknown): string =>
  value === null ? 'null' : typeof value === 'bigint' ? 'number' : Array.isArray(value) ? 'list' : typeof value;
