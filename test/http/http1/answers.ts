import fc from 'fast-check';

/** An answer as a server may write it, and what must be read. */
export interface Written {
  readonly bytes: Buffer;
  /** Where the body begins in it. */
  readonly bodyAt: number;
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  /** The body ends with the connection. */
  readonly untilClose: boolean;
}

const tokenCharacters = "!#$%&'*+.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-";
const tokenText = fc.string({unit: fc.constantFrom(...tokenCharacters), minLength: 1, maxLength: 6});
const byte = fc.integer({min: 0, max: 255}).map((code) => String.fromCharCode(code));
const binary = fc.string({unit: byte, maxLength: 40});
/** Visible characters and bytes above ASCII, with blanks within. */
const valueText = fc
  .string({unit: fc.constantFrom(...'aZ09:;,="/ \t\xa0\xc3\xff\x85'), maxLength: 12})
  .map((text) => text.replace(/^[ \t]+|[ \t]+$/g, ''));
const blanks = fc.string({unit: fc.constantFrom(' ', '\t'), maxLength: 3});
type Ends = fc.Arbitrary<string>;
/** How lines may end; a line feed alone is more than the standard has. */
const strictly: Ends = fc.constant('\r\n');
const loosely: Ends = fc.constantFrom('\r\n', '\r\n', '\r\n', '\n');

/** Node's client knows no coding before a tab. */
const behindOf = (lineEnd: Ends): fc.Arbitrary<string> => (lineEnd === strictly ? fc.constant('') : blanks);

/** A name, in any case, with what is written around the value. */
const spelled = (name: string, value: string, lineEnd: Ends): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(fc.boolean(), {minLength: name.length, maxLength: name.length}), blanks, behindOf(lineEnd), lineEnd)
    .map(([upper, before, behind, end]) => {
      const cased = [...name].map((letter, at) => (upper[at] ? letter.toUpperCase() : letter)).join('');
      return `${cased}:${before}${value}${behind}${end}`;
    });

const extraOf = (lineEnd: Ends) =>
  fc
    .tuple(tokenText, valueText)
    .chain(([name, value]) =>
      spelled(`x-${name}`, value, lineEnd).map((line) => ({name: `x-${name}`.toLowerCase(), value, line})),
    );

const extension = fc.constantFrom('', ';a', ';a=b', '; a="\\"x;y"', ';a;b=c', ' ;a=1', `;${'x'.repeat(100)}`);

const chunkOf = (lineEnd: Ends) =>
  fc
    .tuple(fc.string({unit: byte, minLength: 1, maxLength: 40}), fc.nat(3), fc.boolean(), extension, lineEnd, lineEnd)
    .map(([data, zeros, upper, ext, first, second]) => {
      const hex = data.length.toString(16);
      return {data, text: `${'0'.repeat(zeros)}${upper ? hex.toUpperCase() : hex}${ext}${first}${data}${second}`};
    });

/** A body in chunks, and its text without them. */
const chunkedOf = (lineEnd: Ends) =>
  fc
    .tuple(
      fc.array(chunkOf(lineEnd), {maxLength: 6}),
      extension,
      lineEnd,
      fc.array(extraOf(lineEnd), {maxLength: 2}),
      lineEnd,
    )
    .map(([chunks, ext, first, trailers, last]) => ({
      body: chunks.map(({data}) => data).join(''),
      text: `${chunks.map(({text}) => text).join('')}0${ext}${first}${trailers.map(({line}) => line).join('')}${last}`,
    }));

interface Framed {
  readonly status: number;
  readonly line: string;
  readonly header: readonly [string, string] | undefined;
  readonly body: string;
  readonly text: string;
  readonly untilClose: boolean;
}

const statuses = fc.constantFrom(200, 201, 206, 301, 404, 429, 500, 599, 999);
const framedOf = (lineEnd: Ends): fc.Arbitrary<Framed> =>
  fc.oneof(
    fc.tuple(statuses, binary).chain(([status, body]) =>
      spelled('content-length', String(body.length), lineEnd).map((line) => {
        return {
          status,
          line,
          header: ['content-length', `${body.length}`] as const,
          body,
          text: body,
          untilClose: false,
        };
      }),
    ),
    fc
      .tuple(statuses, chunkedOf(lineEnd), fc.constantFrom('chunked', 'Chunked'))
      .chain(([status, {body, text}, coding]) =>
        spelled('transfer-encoding', coding, lineEnd).map((line) => {
          return {status, line, header: ['transfer-encoding', coding] as const, body, text, untilClose: false};
        }),
      ),
    fc.tuple(statuses, binary).map(([status, body]) => {
      return {status, line: '', header: undefined, body, text: body, untilClose: true};
    }),
    fc.constantFrom(204, 304).map((status) => {
      return {status, line: '', header: undefined, body: '', text: '', untilClose: false};
    }),
  );

const statusLine = (status: number, lineEnd: Ends): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom('', ' ', ' OK', ' gr\xfc\xdf dich: ja'), lineEnd).map((rest) => {
    return `HTTP/1.1 ${status}${rest.join('')}`;
  });

const interimOf = (lineEnd: Ends) =>
  fc
    .tuple(fc.constantFrom(100, 102, 103), fc.array(extraOf(lineEnd), {maxLength: 2}), lineEnd)
    .chain(([status, headers, end]) =>
      statusLine(status, lineEnd).map((first) => `${first}${headers.map(({line}) => line).join('')}${end}`),
    );

const answerOf = (lineEnd: Ends): fc.Arbitrary<Written> =>
  fc
    .tuple(
      framedOf(lineEnd),
      fc.array(lineEnd, {maxLength: 2}),
      fc.array(interimOf(lineEnd), {maxLength: 2}),
      fc.array(extraOf(lineEnd), {maxLength: 4}),
      fc.nat(4),
      lineEnd,
    )
    .chain(([{status, line, header, body, text, untilClose}, empty, interims, extras, place, end]) =>
      statusLine(status, lineEnd).map((first) => {
        const lines = extras.map((written) => written.line);
        lines.splice(Math.min(place, lines.length), 0, line);
        const head = `${empty.join('')}${interims.join('')}${first}${lines.join('')}${end}`;
        const named = new Map<string, string>();
        if (header !== undefined) named.set(...header);
        for (const {name, value} of extras) {
          const before = named.get(name);
          named.set(name, before === undefined ? value : `${before}, ${value}`);
        }
        const headers = [...named].sort(([a], [b]) => (a < b ? -1 : 1));
        return {bytes: Buffer.from(`${head}${text}`, 'latin1'), bodyAt: head.length, status, headers, body, untilClose};
      }),
    );

export const chunkedBody = chunkedOf(loosely);

/** Any valid answer to GET, and such as the standard has it. */
export const anyAnswer = answerOf(loosely);
export const strictAnswer = answerOf(strictly);

/** Sizes of the pieces in which something comes; the rest comes in one. */
export const cuts = fc.oneof(
  fc.array(fc.integer({min: 1, max: 30}), {maxLength: 30}),
  fc.constant(Array.from({length: 2_000}, () => 1)),
);

export function* inPieces(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  let from = 0;
  for (const size of sizes) {
    if (from >= bytes.length) return;
    yield bytes.subarray(from, from + size);
    from += size;
  }
  if (from < bytes.length) yield bytes.subarray(from);
}
