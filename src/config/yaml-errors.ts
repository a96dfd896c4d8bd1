import type {ErrorCode} from 'yaml';

const messages: Partial<Record<ErrorCode, string>> = {
  MULTIPLE_DOCS: 'holds several YAML documents: one configuration is one document, remove what follows ---',
  TAB_AS_INDENT: 'is indented with a tab: YAML wants spaces',
  BAD_INDENT: 'the indentation does not fit what is around it',
  MISSING_CHAR: 'a closing quote, bracket, brace or comma is missing',
  BAD_ALIAS: 'an alias (*name) is not valid here; quote a text that begins with *',
  BAD_DQ_ESCAPE: 'a backslash escape is not valid within double quotes: write \\\\ or use single quotes',
  BAD_SCALAR_START: 'a text cannot begin with this character: quote it',
  BLOCK_AS_IMPLICIT_KEY: 'a second colon on this line: quote the text that holds ": "',
  RESOURCE_EXHAUSTION: 'is nested too deeply',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line, followed by ": "',
  TAG_RESOLVE_FAILED: 'a value does not fit its tag (!...): remove the tag',
};

/** A syntax error in words, without quoting the text; near a `{` it says to quote (config-language §1). */
export function syntaxMessage(code: ErrorCode, text: string, offset: number): string {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = text.indexOf('\n', offset);
  const line = text.slice(lineStart, lineEnd === -1 ? undefined : lineEnd);
  const message = messages[code] ?? 'is no valid YAML or JSON here';
  const brace = /(?:^|:\s+|-\s+|,\s*|\[\s*)\{[^\s"'{}:,]+\}/.test(line);
  return brace ? `${message}; a text that begins with { must be quoted: "{secrets.x}/…"` : message;
}
