import type {AnswerHeaders} from './answer-headers.js';
/** One link of a Link header (RFC 8288). Names of attributes are lower case; of a repeated one the first counts. */
export interface Link {
  readonly target: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/**
 * All links of a Link header, several headers being joined by commas. One pass without backtracking; what does not parse
 * is passed over up to the next link.
 */
export function parseLinks(header: string): readonly Link[] {
  const text = headerText(header);
  const links: Link[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('<', at);
    const close = open < 0 ? -1 : text.indexOf('>', open);
    if (close < 0) break;
    const attributes = new Map<string, string>();
    at = readAttributes(text, close + 1, attributes);
    links.push({target: text.slice(open + 1, close).trim(), attributes});
  }
  return links;
}

/** The first link whose `rel` names the relation (a list of words in any case), of one header or several joined ones. */
export function findLink(headers: AnswerHeaders, relation: string): Link | undefined {
  const header = headers.get('link');
  if (header === null) return undefined;
  const wanted = relation.toLowerCase();
  return parseLinks(header).find(({attributes}) => attributes.get('rel')?.toLowerCase().split(/\s+/).includes(wanted));
}

/** A header's bytes as text: Node hands them over one character each, servers mean UTF-8. */
export function headerText(value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value;
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}

/** Reads `; name=value` up to the comma that ends a link; returns where the next one starts. */
function readAttributes(text: string, from: number, attributes: Map<string, string>): number {
  let at = from;
  while (at < text.length) {
    const character = text[at];
    if (character === ',') return at + 1;
    if (character !== ';') {
      at += 1;
      continue;
    }
    const nameEnd = endOf(text, at + 1, '=;,');
    const name = text
      .slice(at + 1, nameEnd)
      .trim()
      .toLowerCase();
    at = nameEnd;
    let value = '';
    if (text[at] === '=') [value, at] = readValue(text, at + 1);
    if (name !== '' && !attributes.has(name)) attributes.set(name, value);
  }
  return at;
}

function readValue(text: string, from: number): [string, number] {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  if (text[at] !== '"') {
    const end = endOf(text, at, ';,');
    return [text.slice(at, end).trim(), end];
  }
  let value = '';
  at += 1;
  while (at < text.length && text[at] !== '"') {
    if (text[at] === '\\') at += 1;
    value += text[at] ?? '';
    at += 1;
  }
  return [value, at + 1];
}

function endOf(text: string, from: number, stops: string): number {
  let at = from;
  while (at < text.length && !stops.includes(text.charAt(at))) at += 1;
  return at;
}
