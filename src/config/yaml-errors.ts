import type {ErrorCode, YAMLError} from 'yaml';

/** In words by the parser's code, where that alone says what is wrong. */
const messages: Partial<Record<ErrorCode, string>> = {
  MULTIPLE_DOCS: 'holds several YAML documents: one configuration is one document, remove what follows ---',
  TAB_AS_INDENT: 'is indented with a tab: YAML wants spaces',
  BAD_INDENT: 'the indentation does not fit what is around it',
  MISSING_CHAR: 'a closing quote, bracket, brace or comma is missing',
  BAD_ALIAS: 'an alias (*name) is not valid here; quote a text that begins with *',
  BAD_DQ_ESCAPE: 'a backslash escape is not valid within double quotes: write \\\\ or use single quotes',
  BAD_SCALAR_START: 'a text cannot begin with this character: quote it',
  BLOCK_AS_IMPLICIT_KEY: 'a second colon on this line: quote the text that holds ": "',
  BLOCK_IN_FLOW: 'a comma, or a closing bracket or brace, is missing after this',
  RESOURCE_EXHAUSTION: 'is nested too deeply',
  MULTILINE_IMPLICIT_KEY: 'a colon is missing after this, or the line does not belong here: a key is followed by ": "',
  TAG_RESOLVE_FAILED: 'a value does not fit its tag (!...): remove the tag',
  UNEXPECTED_TOKEN:
    'something follows a value that has ended: quote the whole text, or check the quotes and the indentation',
};

/** What is wrong, without quoting the text, and where; near a `{` it says to quote (config-language §1). */
export function syntaxProblem(error: YAMLError, text: string): {readonly message: string; readonly offset: number} {
  const [start] = error.pos;
  const {message, offset} = cause(error, text, start);
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = text.indexOf('\n', offset);
  const line = text.slice(lineStart, lineEnd === -1 ? undefined : lineEnd);
  const begins = /(?:^|:\s+|-\s+|,\s*|\[\s*)\$?\{[^\s"'{}:,]+\}/.test(line);
  const within = /\{(?:\w+\.[^\s"'{}:,]+|[A-Z0-9_]+)\}/.test(line);
  const which = begins ? 'begins with' : 'holds';
  return {
    message: begins || within ? `${message}; a text that ${which} { must be quoted: "{secrets.x}/…"` : message,
    offset,
  };
}

/** One code stands for several mistakes: the parser's own words tell them apart. */
function cause({code, message}: YAMLError, text: string, start: number): {message: string; offset: number} {
  const at = (words: string, offset = start) => ({message: words, offset});
  if (code === 'BLOCK_AS_IMPLICIT_KEY' && message.includes('sequence')) {
    const item = text.indexOf('-', start);
    return at('the indentation does not fit: the items of a list begin in one column', item < 0 ? start : item);
  }
  if (code === 'BLOCK_AS_IMPLICIT_KEY') {
    const end = text.indexOf('\n', start);
    if (end >= 0 && !/:(?:\s|$)/.test(text.slice(start, end))) {
      const next = end + 1 + text.slice(end + 1).search(/\S/);
      return at('is indented deeper than the line before it, whose value is complete: begin both in one column', next);
    }
  }
  const closing = /end with a ([\]}])/.exec(message)?.[1];
  if (closing !== undefined)
    return at(`a ${closing === ']' ? '[' : '{'} before this is not closed: ${closing} is missing`);
  if (code !== 'MISSING_CHAR') return at(messages[code] ?? 'is no valid YAML or JSON here');
  if (/closing .quote/.test(message)) return at('a quoted text is not closed: its second quote is missing');
  if (message.includes(', or :')) return at('a colon or a comma is missing before this');
  if (message.includes('map values')) return at('a colon is missing after this key');
  return at(messages[code] ?? message);
}
