import {configError} from '../errors.js';
import {type Json, parseExact} from '../json/exact.js';
import {locate} from '../json/locate.js';
import {compileScan} from '../json/scan.js';
import {JsonSyntaxError} from '../json/syntax-error.js';
import {type JsonText, jsonText} from '../json/text.js';
import {type Expression, membersRead, parseExpression} from './cel.js';
import {celToText, NotJson, type NumberTexts, toCel} from './cel-values.js';

const roots = ['record', 'r'];

/** An expression over one record, `record` or short `r`. */
export interface RecordExpression {
  readonly place: string;
  readonly source: string;
  readonly type: string;
  /** Members of the record that it reads; undefined: the whole record. */
  readonly names: readonly string[] | undefined;
  /** The value; undefined where a key is missing or a null is compared. */
  value(record: JsonText): unknown;
  /** The value as exact JSON text; a plain path is copied as it came. */
  text(record: JsonText): JsonText | undefined;
}

/** Compiles `source`; throws ConnectorError (config_error) that names `place`, at compile time and for what fails on a record. */
export function recordExpression(source: string, place: string): RecordExpression {
  const expression = parseExpression(source, roots, place);
  const names = readNames(expression);
  const scanner = compileScan({records: undefined, fields: [], facts: names?.map((name) => [name]) ?? []});

  const read = (record: JsonText, texts: NumberTexts): unknown => {
    try {
      if (names === undefined) return toCel(parseExact(record), texts);
      const part: Record<string, Json> = Object.create(null);
      const {facts} = scanner(record.bytes, record.start, record.end);
      names.forEach((name, position) => {
        const start = facts[2 * position] ?? -1;
        const end = facts[2 * position + 1] ?? -1;
        if (start >= 0) part[name] = parseExact({bytes: record.bytes, start, end});
      });
      return toCel(part, texts);
    } catch (error) {
      if (error instanceof JsonSyntaxError)
        throw configError(`${place}: a record cannot be read: ${error.reason} names less of it`);
      throw error;
    }
  };
  const evaluate = (record: JsonText, texts: NumberTexts): unknown => {
    const value = read(record, texts);
    return expression.evaluate({record: value, r: value});
  };
  const copied = expression.chain?.slice(1);

  return {
    place,
    source,
    type: expression.type,
    names,
    value: (record) => evaluate(record, new Map()),
    text(record) {
      if (copied !== undefined) return locate(record, copied);
      const texts: NumberTexts = new Map();
      const result = evaluate(record, texts);
      if (result === undefined) return undefined;
      try {
        return jsonText(celToText(result, texts));
      } catch (error) {
        if (error instanceof NotJson) throw configError(`${place}: ${JSON.stringify(source)}: ${error.message}`);
        throw error;
      }
    },
  };
}

/** Names of the members that are read through either root; undefined: the whole record. */
function readNames({reads}: Expression): readonly string[] | undefined {
  const lists = roots.map((root) => membersRead(root, reads));
  const names: string[] = [];
  for (const list of lists) {
    if (list === undefined) return undefined;
    names.push(...list);
  }
  return [...new Set(names)];
}
