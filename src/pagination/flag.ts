import type {Page} from '../body/page.js';
import type {Path} from '../json/path.js';
import {isNull, type JsonText, kindOf, stringValue, textOf} from '../json/text.js';
import type {Note} from '../log.js';

const yes = /^(yes|true|t|y|1)$/i;
const no = /^(no|false|f|n|0)$/i;

/** A flag as dlt spells it, and the numbers 1 and 0; undefined for anything else. */
export function flagText(text: string): boolean | undefined {
  const trimmed = text.trim();
  if (yes.test(trimmed)) return true;
  return no.test(trimmed) ? false : undefined;
}

function flagValue(text: JsonText): boolean | undefined {
  switch (kindOf(text)) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'string':
      return flagText(stringValue(text) ?? '');
    case 'number': {
      const number = Number(textOf(text));
      return number === 1 || number === 0 ? number === 1 : undefined;
    }
    case 'null':
    case 'object':
    case 'array':
      return undefined;
  }
}

interface Flags {
  readonly more: Path | undefined;
  readonly last: Path | undefined;
}

/** What the flags say: `more` pages, `no` more, or nothing. A flag that says no more wins over one that says more. */
export function readFlags(page: Page, flags: Flags, firstWithRows: boolean): {says?: 'more' | 'no'; notes: Note[]} {
  if (flags.more === undefined && flags.last === undefined) return {notes: []};
  const notes: Note[] = [];
  const said = [
    ...(flags.more === undefined ? [] : [{path: flags.more, key: 'has_more_path', inverse: false}]),
    ...(flags.last === undefined ? [] : [{path: flags.last, key: 'last_page_path', inverse: true}]),
  ].map(({path, key, inverse}) => {
    const text = page.fact(path);
    const value = text === undefined ? undefined : flagValue(text);
    if (text === undefined || isNull(text)) {
      if (firstWithRows) {
        notes.push({
          level: 'warn',
          key: `pagination.${key}`,
          text: `${key} ${path.text} is missing or null on the first page`,
        });
      }
    } else if (value === undefined) {
      const seen = textOf(text).slice(0, 60);
      notes.push({
        level: 'warn',
        key: `pagination.${key}`,
        text: `${key} ${path.text} is no flag and ignored: ${seen}`,
      });
    }
    return value === undefined ? undefined : value !== inverse;
  });
  if (said.includes(false)) return {says: 'no', notes};
  return said.includes(true) ? {says: 'more', notes} : {notes};
}
