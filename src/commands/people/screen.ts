import {flagOption, type Host, type Invocation} from '../command.js';

/** Where a command for people writes, and how. */
export interface Screen {
  /** Characters of a line; Infinity where there is no terminal. */
  readonly width: number;
  readonly quiet: boolean;
  /** From now on `safe` names places as the user wrote the configuration (`ConfigResult.worded`). */
  nameBy(worded: (text: string) => string): void;
  /** Text of the API or the configuration, made safe for a cell: without secrets, on one line, without control characters. */
  safe(text: string): string;
  /** Prints lines; marks at their beginning are coloured on a terminal. Resolves when they have left. */
  print(text: string): Promise<void>;
  /** Prints one JSON text as a line of its own. */
  json(text: string): Promise<void>;
  /** A line on stderr, on a terminal only. */
  progress(text: string): void;
}

export function openScreen(invocation: Invocation, host: Host): Screen {
  const {environment, secrets, stdout, stderr, terminal} = host;
  const quiet = flagOption(invocation, 'quiet');
  const colour = terminal.stdout && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
  const write = (text: string): Promise<void> =>
    new Promise((resolve) => {
      stdout.write(Buffer.from(text, 'utf8'), () => resolve());
    });
  let worded = (text: string): string => text;
  let drawn = false;
  const draw = (text: string): void => {
    stderr.write(Buffer.from(text, 'utf8'), () => undefined);
  };
  const clear = (): void => {
    if (drawn) draw('\r\u001b[K');
    drawn = false;
  };
  return {
    width: terminal.stdout ? terminal.columns : Number.POSITIVE_INFINITY,
    quiet,
    nameBy: (next) => {
      worded = next;
    },
    safe: (text) => oneLine(secrets.redact(worded(text))),
    print: (text) => {
      clear();
      const shown = visible(secrets.redact(text));
      return write(`${colour ? paint(shown) : shown}\n`);
    },
    json: (text) => {
      clear();
      return write(`${jsonSafe(redactJson(text, (part) => secrets.redact(part)))}\n`);
    },
    progress: (text) => {
      if (quiet || !terminal.stderr) return;
      const line = oneLine(secrets.redact(text));
      draw(`\r\u001b[K${text === '' ? '' : line.slice(0, Math.max(1, terminal.columns - 1))}`);
      drawn = text !== '';
    },
  };
}

/**
 * What a terminal obeys instead of showing, but the line break: controls, marks that turn the direction of text, and what
 * other programs take for line breaks. The joiners within emoji and some scripts are harmless.
 */
const obeyed = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const escaped = (character: string): string =>
  Array.from({length: character.length}, (_, k) => `\\u${character.charCodeAt(k).toString(16).padStart(4, '0')}`).join(
    '',
  );

/** A text in which nothing commands the terminal. */
export const visible = (text: string): string => text.replaceAll(obeyed, escaped);

/** The same on one line: names and messages come from the API and the configuration. */
export const oneLine = (text: string): string => visible(text.replaceAll(/[\r\n\t]+/g, ' '));

/** In JSON such characters stand in strings only, where the escape means the same. */
const jsonSafe = visible;

/** A JSON text without secrets; a number that was masked becomes a text, so that it stays JSON. */
export function redactJson(text: string, redact: (text: string) => string): string {
  const redacted = redact(text);
  if (redacted === text || isJson(redacted)) return redacted;
  const quoted = redacted.replaceAll(/"(?:[^"\\]|\\.)*"|[^\s{}[\],:"]+/g, (token) =>
    token.startsWith('"') || !token.includes('****') ? token : JSON.stringify(token),
  );
  return isJson(quoted) ? quoted : JSON.stringify(redacted);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const colours: readonly (readonly [RegExp, string])[] = [
  [/^ ✘/gm, '31'],
  [/^ !/gm, '33'],
  [/^ i(?= )/gm, '36'],
  [/^\+[^+].*$/gm, '32'],
  [/^-[^-].*$/gm, '31'],
];

const paint = (text: string): string =>
  colours.reduce((painted, [mark, code]) => painted.replaceAll(mark, `\u001b[${code}m$&\u001b[0m`), text);
