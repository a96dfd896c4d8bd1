const QUANTIFIER = /[*+?]\??|\{(\d+)(,?)(\d*)\}\??/y;
const MOST_REPEATS = 1000;
const MOST_QUANTIFIERS = 10;

/**
 * The regular expression of match() (`whole`) or search() in a filter: I-Regexp (RFC 9485) and JavaScript's classes `\d`, `\w`, `\s`.
 * What can take exponential time on a hostile text is refused: a repeated group with a repetition or an alternative inside.
 */
export function compilePattern(source: string, whole: boolean, refuse: (reason: string) => never): RegExp {
  const text = translate(source, refuse);
  try {
    return new RegExp(whole ? `^(?:${text})$` : text, 'u');
  } catch {
    return refuse(`the pattern ${JSON.stringify(source)} is no regular expression`);
  }
}

/** In I-Regexp the dot stands for anything but \n and \r. */
function translate(source: string, refuse: (reason: string) => never): string {
  // For each open group, whether it holds a repetition or an alternative.
  const groups = [false];
  let closed = false;
  let quantifiers = 0;
  let out = '';
  let i = 0;
  while (i < source.length) {
    const piece = pieceAt(source, i);
    if (/^\\[1-9k]/.test(piece) || (piece === '(' && source[i + 1] === '?')) {
      refuse('references to groups and looking ahead or behind are not understood in a pattern');
    }
    i += piece.length;
    const repeats = repeatsOf(piece);
    if (repeats !== undefined) {
      quantifiers++;
      if (repeats > 1 && closed) {
        refuse(
          'a repeated group with a repetition or an alternative inside can take for ever on some texts; write the pattern without it',
        );
      }
      if (quantifiers > MOST_QUANTIFIERS || (repeats > MOST_REPEATS && repeats !== Number.POSITIVE_INFINITY)) {
        refuse(`the pattern has more than ${MOST_QUANTIFIERS} repetitions or one of more than ${MOST_REPEATS}`);
      }
      groups[groups.length - 1] = true;
    } else if (piece === '|') {
      groups[groups.length - 1] = true;
    }
    closed = false;
    if (piece.startsWith('(')) {
      groups.push(false);
    } else if (piece === ')') {
      closed = groups.pop() ?? false;
      groups[groups.length - 1] = closed || groups[groups.length - 1] === true;
    }
    out += piece === '.' ? '[^\\n\\r]' : piece;
  }
  return out;
}

/** An escape, a class, the start of a group, a quantifier, or one character. */
function pieceAt(source: string, at: number): string {
  const piece = /\\[pP]\{[^}]*\}|\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?:)?|\{\d+,?\d*\}\??|[*+?]\??|./suy;
  piece.lastIndex = at;
  return piece.exec(source)?.[0] ?? source.slice(at);
}

/** How often a quantifier repeats at most; undefined for anything else. */
function repeatsOf(piece: string): number | undefined {
  QUANTIFIER.lastIndex = 0;
  const match = QUANTIFIER.exec(piece);
  if (match === null || match[0] !== piece) {
    return undefined;
  }
  if (piece.startsWith('?')) {
    return 1;
  }
  const [, least, comma, most] = match;
  return least === undefined || (comma === ',' && most === '')
    ? Number.POSITIVE_INFINITY
    : Number(most === '' ? least : most);
}
