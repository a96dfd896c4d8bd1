import {type Member, member, members} from '../json/members.js';
import {JsonSyntaxError} from '../json/syntax-error.js';
import {type JsonText, jsonText, kindOf, stringValue} from '../json/text.js';
import {validate} from '../json/validate.js';
import type {Note} from '../log.js';
import type {RecordExpression} from './record-expression.js';

/** One verb of a `map` step on a record's members, in their order. `record`: the record as JSON text, for expressions. */
export type Verb = (list: readonly Member[], record: () => JsonText, report: Report) => readonly Member[];

export type Report = (matter: string, text: string, level?: Note['level']) => void;

interface Entry {
  readonly member: Member;
  readonly ours: boolean;
}

/**
 * The members with some of them named by us: where a key stands twice because of that, ours stays and the others go. Keys
 * that came twice stay as they came.
 */
function settle(list: readonly Entry[], report: Report): readonly Member[] {
  const ours = new Map<string, Member>();
  for (const entry of list) if (entry.ours) ours.set(entry.member.key, entry.member);
  if (ours.size === 0) return list.map((entry) => entry.member);
  return list
    .filter(({member: {key}, member: candidate}) => {
      const own = ours.get(key);
      if (own === undefined || own === candidate) return true;
      report(`collision.${key}`, `the new field ${key} replaced one of the same name`, 'warn');
      return false;
    })
    .map((entry) => entry.member);
}

/** `set`: all expressions see the record as it was before this verb. A missing key gives null. */
export function setVerb(fields: ReadonlyMap<string, RecordExpression>): Verb {
  return (list, record, report) => {
    const made = new Map<string, JsonText>();
    for (const [name, expression] of fields) {
      const value = expression.text(record());
      if (value === undefined) {
        report(
          `missing.${name}`,
          `set ${name}: null for records without a key that ${JSON.stringify(expression.source)} reads`,
        );
      }
      made.set(name, value ?? jsonText('null'));
    }
    const present = new Set(list.map((entry) => entry.key));
    const added = [...made].filter(([name]) => !present.has(name)).map(([name, value]) => member(name, value));
    return [...replaceValues(list, made), ...added];
  };
}

/** The last member of each name gets the new value, earlier ones of that name go. */
function replaceValues(list: readonly Member[], made: ReadonlyMap<string, JsonText>): Member[] {
  const last = new Map(list.map((entry) => [entry.key, entry]));
  return list.flatMap((entry) => {
    const value = made.get(entry.key);
    if (value === undefined) return [entry];
    return last.get(entry.key) === entry ? [{...entry, value}] : [];
  });
}

/** `rename`: all at once, so that two names can be exchanged. The value stays where it stood. */
export function renameVerb(names: ReadonlyMap<string, string>): Verb {
  return (list, _record, report) =>
    settle(
      list.map((entry) => {
        const name = names.get(entry.key);
        if (name === undefined || name === entry.key) return {member: entry, ours: false};
        return {member: member(name, entry.value), ours: true};
      }),
      report,
    );
}

export function removeVerb(names: ReadonlySet<string>): Verb {
  return (list) => list.filter((entry) => !names.has(entry.key));
}

export function keepVerb(names: ReadonlySet<string>): Verb {
  return (list) => list.filter((entry) => names.has(entry.key));
}

/** `flatten`: an object's members take its place as name_member, one level deep. Other values stay. */
export function flattenVerb(names: ReadonlySet<string>): Verb {
  return (list, _record, report) =>
    settle(
      list.flatMap((entry): Entry[] => {
        if (!names.has(entry.key) || kindOf(entry.value) !== 'object') return [{member: entry, ours: false}];
        return members(entry.value).map((inner) => ({
          member: member(`${entry.key}_${inner.key}`, inner.value),
          ours: true,
        }));
      }),
      report,
    );
}

/** `parse_json`: a text that is JSON becomes that JSON, digit for digit; a text that is none stays, with a warning. */
export function parseJsonVerb(names: ReadonlySet<string>): Verb {
  return (list, _record, report) =>
    list.map((entry) => {
      if (!names.has(entry.key)) return entry;
      const text = stringValue(entry.value);
      if (text === undefined) return entry;
      const bytes = Buffer.from(text, 'utf8');
      try {
        const {start, end} = validate(bytes, 0, bytes.length);
        return {...entry, value: {bytes, start, end}};
      } catch (error) {
        if (!(error instanceof JsonSyntaxError)) throw error;
        report(`parse_json.${entry.key}`, `parse_json ${entry.key}: texts that are no JSON stayed text`, 'warn');
        return entry;
      }
    });
}
