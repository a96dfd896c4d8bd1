import {isPlainObject} from '../body/arrays.js';
import {addressNames, matchesName, type Named, shallowMembers} from '../body/names.js';
import type {Page} from '../body/page.js';
import {formatSegments} from '../json/path.js';
import {flagText} from './flag.js';

const isOdata = (key: string): boolean => key.toLowerCase() === '@odata.nextlink';

/** Members whose name begins with `next`, outside the records, the shallower first. */
export const nextMembers = (outside: unknown, page: Page): readonly Named[] =>
  shallowMembers(outside, {outside: page.selector.stem}).filter(({path}) => {
    const key = path.at(-1) ?? '';
    return /^next/i.test(key) || isOdata(key);
  });

interface Text {
  readonly path: readonly string[];
  readonly text: string;
}

function addressIn(object: object): readonly [key: string, address: string] | undefined {
  for (const [key, inner] of Object.entries(object)) {
    if (addressNames.includes(key.toLowerCase()) && typeof inner === 'string' && inner !== '') return [key, inner];
  }
  return undefined;
}

/** A link or token as text: of a member itself or the address in it; undefined where there is none. */
export function nextText({path, value}: Named): Text | undefined {
  if (isPlainObject(value)) {
    const address = addressIn(value);
    return address === undefined ? undefined : {path: [...path, address[0]], text: address[1]};
  }
  if (typeof value === 'string') return value === '' || flagText(value) === false ? undefined : {path, text: value};
  return typeof value === 'number' && value !== 0 ? {path, text: String(value)} : undefined;
}

/** A token within an object that stands for the next page, such as `next: {page: 2, starting_after: "abc"}`. */
export function tokenWithin({path, value}: Named): Text | undefined {
  if (!isPlainObject(value) || !matchesName(path.at(-1) ?? '', ['next', 'next_page', 'next_cursor'])) return undefined;
  return Object.entries(value)
    .map(([key, inner]) => nextText({path: [...path, key], value: inner}))
    .find((text) => text !== undefined);
}

/** The link of `links: [{rel: "next", href: "…"}]` (FHIR: relation and url), and its JSONPath. */
export function relatedNext(outside: unknown, page: Page): {readonly path: string; readonly text: string} | undefined {
  for (const {path, value} of shallowMembers(outside, {outside: page.selector.stem})) {
    if (!Array.isArray(value) || !matchesName(path.at(-1) ?? '', ['links', 'link'])) continue;
    for (const entry of value) {
      if (!isPlainObject(entry)) continue;
      const relation = Object.entries(entry).find(([key, name]) => /^rel(ation)?$/.test(key) && name === 'next');
      const address = relation === undefined ? undefined : addressIn(entry);
      if (relation === undefined || address === undefined) continue;
      return {path: `${formatSegments(path)}[?@.${relation[0]} == 'next'].${address[0]}`, text: address[1]};
    }
  }
  return undefined;
}
