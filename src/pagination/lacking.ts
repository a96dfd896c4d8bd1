import {findNamed, flagNames, lastFlagNames, matchesName} from '../body/names.js';
import type {Page} from '../body/page.js';
import {counted} from '../counted.js';
import {flagText} from './flag.js';

/** Under these names an answer without records tells why it has none. */
const sayings = ['message', 'msg', 'error', 'errors', 'error_message', 'detail', 'reason', 'status', 'state', 'code'];

const allIsWell = /^(|0+|1|2\d\d|ok|success|successful|succeeded|complete|completed|done|true|false|null)$/i;

/** "No more results", "Nothing found", "end of list": in place of records that is the end in words. */
const tellsTheEnd =
  /\b(no|not|nothing)\b.*\b(more|records?|results?|data|items?|rows?|entries|matches|found)\b|\bend of\b|\bempty\b/i;

const saysSomething = (outside: unknown): boolean =>
  Object.entries(Object(outside)).some(
    ([name, value]) => matchesName(name, sayings) && !allIsWell.test(String(value)) && !tellsTheEnd.test(String(value)),
  );

/** What is known about a page at which a walk ends. */
export interface Lack {
  /** Rows of the walk before this page. */
  readonly rows: number;
  /** The positions are numbers: the server does not say itself that there is no next one. */
  readonly numbered: boolean;
  /** The page before had fewer rows than a full one. */
  readonly short: boolean;
  /** The flag says no more, or a total is reached. */
  readonly agreed: boolean;
}

const flagSaysNo = (page: Page, outside: unknown): boolean => {
  const stem = page.selector.stem;
  return (
    findNamed(outside, flagNames, stem).some(({value}) => flagText(String(value)) === false) ||
    // A number under a name such as last_page is no flag.
    findNamed(outside, lastFlagNames, stem).some(
      ({value}) => typeof value !== 'number' && flagText(String(value)) === true,
    )
  );
};

/**
 * In words, that a walk ends at a page without what its selector found on the pages before (config-language §5, §6):
 * APIs that leave out the key on their last page end like that, and answers that are no page at all. Undefined where
 * the end is plausible: a flag or total agrees, or the answer just names nothing more and tells of no trouble.
 */
export function lacking(page: Page, outside: unknown, {rows, numbered, short, agreed}: Lack): string | undefined {
  if (page.missed === undefined || rows === 0 || agreed || flagSaysNo(page, outside)) return undefined;
  if ((!numbered || short) && !saysSomething(outside)) return undefined;
  return (
    `the page lacks ${page.selector.text}, where the pages before had ${counted(rows, 'row')} (${page.missed}; ` +
    'data_selector_required: false if that is an empty page, true if it is an error)'
  );
}
