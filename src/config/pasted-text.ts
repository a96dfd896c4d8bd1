import type {Document} from './document.js';
import {openText} from './open-document.js';
import type {ScalarReading} from './yaml-value.js';

/**
 * A text out of a field of the web form. The platform trims it: where every line was indented, the first one has lost its
 * spaces and fits the others no more. If the text reads with more or fewer spaces before its first line, so it is read; if not,
 * what is wrong is told of the one that reads furthest.
 */
export function openPasted(text: string, scalars: ScalarReading = 'typed'): Document {
  const document = openText(text, scalars);
  if (document.problems.length === 0) return document;
  const [blank = ''] = /^(?:[ \t]*\n)*/.exec(text) ?? [];
  const begun = text.slice(blank.length).trimStart();
  const [, ...others] = begun.split('\n').filter((line) => line.trim() !== '');
  const indent = others.length === 0 ? 0 : Math.min(...others.map((line) => line.search(/[^ ]/)));
  const shifted = [...new Set([0, Math.max(0, indent)])].map((spaces) =>
    openText(`${blank}${' '.repeat(spaces)}${begun}`, scalars),
  );
  const readable = shifted.find(({problems}) => problems.length === 0);
  return readable ?? shifted.reduce((best, one) => (reach(one) > reach(best) ? one : best), document);
}

/** The line at which a text stops to read. */
const reach = ({problems}: Document): number => problems[0]?.position?.line ?? 0;
