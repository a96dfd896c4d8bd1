import {gzipSync} from 'node:zlib';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import {describe, expect, test} from 'vitest';
import {BodyError} from '../../src/body/body-error.js';
import {toUtf8} from '../../src/body/charset.js';
import {createDecoder} from '../../src/body/decode.js';
import {decode, failure, optionsOf, recordsOf} from './pages.js';

const text = '{"a":"é€ü"}';
const json = 'application/json';

describe('charset', () => {
  test('UTF-8 is not copied, with or without a label', () => {
    const body = Buffer.from(text);
    for (const contentType of [undefined, json, `${json}; charset=utf-8`, `${json};charset="UTF8"`]) {
      expect(toUtf8(body, {encoding: undefined, contentType}, () => {})).toBe(body);
    }
  });

  test('ASCII under another label is not copied', () => {
    const body = Buffer.from('{"a":1}');
    expect(toUtf8(body, {encoding: 'latin1', contentType: undefined}, () => {})).toBe(body);
  });

  test.each([
    ['latin-1 is windows-1252', 'ISO-8859-1', 'win1252'],
    ['windows-1252', 'windows-1252', 'win1252'],
    ['shift_jis', 'shift_jis', 'shift_jis'],
    ['utf-16le', 'utf-16le', 'utf-16le'],
    ['utf-16be', 'utf-16be', 'utf-16be'],
    ['one that only iconv knows', 'cp437', 'cp437'],
  ])('%s is transcoded as said', (_, label, encoding) => {
    const sample = encoding === 'shift_jis' ? '{"a":"日本"}' : encoding === 'cp437' ? '{"a":"é░"}' : text;
    const bytes = iconv.encode(sample, encoding);
    expect(recordsOf(decode(bytes, {}, `${json}; charset=${label}`))).toEqual([sample]);
    expect(recordsOf(decode(bytes, {encoding: label}, json))).toEqual([sample]);
  });

  test('response.encoding wins over the label, a byte order mark over both', () => {
    const bytes = iconv.encode(text, 'win1252');
    expect(recordsOf(decode(bytes, {encoding: 'latin1'}, `${json}; charset=utf-8`))).toEqual([text]);
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]);
    expect(recordsOf(decode(marked, {encoding: 'latin1'}, json))).toEqual([text]);
  });

  test('byte order marks are skipped', () => {
    for (const encoding of ['utf-8', 'utf-16le', 'utf-16be']) {
      const bytes = iconv.encode(text, encoding, {addBOM: true});
      expect(recordsOf(decode(bytes, {}, json))).toEqual([text]);
      expect(recordsOf(decode(bytes, {}, `${json}; charset=${encoding}`))).toEqual([text]);
    }
    expect(decode(Buffer.from([0xef, 0xbb, 0xbf])).rows).toBe(0);
  });

  test('UTF-16 without mark or label is seen by its zeros', () => {
    expect(recordsOf(decode(iconv.encode(text, 'utf-16le')))).toEqual([text]);
    expect(recordsOf(decode(iconv.encode(text, 'utf-16be')))).toEqual([text]);
  });

  test('a UTF-16 label does not hide the byte order, nor a body that is UTF-8', () => {
    const labelled = `${json}; charset=utf-16`;
    expect(recordsOf(decode(iconv.encode(text, 'utf-16le'), {}, labelled))).toEqual([text]);
    expect(recordsOf(decode(iconv.encode(text, 'utf-16be'), {}, labelled))).toEqual([text]);
    expect(recordsOf(decode(text, {}, labelled))).toEqual([text]);
  });

  test('what is not UTF-8 becomes U+FFFD with one counted warning', () => {
    const bytes = Buffer.concat([Buffer.from('[{"a":"\ufffd'), Buffer.from([0xe9, 0x20, 0xff]), Buffer.from('"}]')]);
    const page = decode(bytes, {}, json);
    expect(recordsOf(page)).toEqual(['{"a":"\ufffd\ufffd \ufffd"}']);
    expect(page.notes.filter((note) => note.key.startsWith('charset'))).toMatchObject([{level: 'warn', count: 2}]);
  });

  test('an unknown label is a warning, an unknown encoding an error', () => {
    const page = decode(text, {}, `${json}; charset=klingon`);
    expect(recordsOf(page)).toEqual([text]);
    expect(page.notes).toMatchObject([{level: 'warn'}]);
    expect(page.notes[0]?.text).toContain('klingon');
    expect(failure(text, {encoding: 'klingon'})).toMatchObject({kind: 'charset'});
  });

  test('U+2028, U+2029, U+0085 and U+FEFF inside stay', () => {
    const body = '[{"a":"\u2028\u2029\u0085\ufeff"}]';
    expect(recordsOf(decode(body))).toEqual([body.slice(1, -1)]);
  });

  test('any bytes: a page or a BodyError', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({maxLength: 40}),
        fc.constantFrom(undefined, 'utf-16le', 'latin1', 'utf-7', 'x'),
        (bytes, label) => {
          try {
            decode(Buffer.from(bytes), {}, label === undefined ? json : `${json}; charset=${label}`);
          } catch (error) {
            if (!(error instanceof BodyError) && bytes[0] !== 0x1f) throw error;
          }
        },
      ),
    );
  });
});

describe('gzip', () => {
  const decoder = (maxBytes: number): ReturnType<typeof createDecoder> => createDecoder(optionsOf({maxBytes}));

  test('is undone by its first bytes, even when mislabelled', async () => {
    for (const contentType of [json, 'text/html', undefined, 'application/gzip']) {
      expect(recordsOf(await decoder(1_000)(gzipSync('[{"a":1.10}]'), contentType))).toEqual(['{"a":1.10}']);
    }
    expect(recordsOf(await decoder(1_000)(gzipSync('{"a":1}\n{"a":2}'), 'application/x-ndjson'))).toHaveLength(2);
    const two = Buffer.concat([gzipSync('[{"a":1},'), gzipSync('{"a":2}]')]);
    expect(recordsOf(await decoder(1_000)(two, json))).toHaveLength(2);
    expect(await decoder(1_000)(gzipSync(''), json)).toMatchObject({rows: 0});
  });

  test('a bomb ends at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, 0x20));
    await expect(decoder(1_000_000)(bomb, json)).rejects.toMatchObject({kind: 'too_large'});
    await expect(decoder(1_000_000)(bomb, json)).rejects.toThrow('max_response_bytes');
  });

  test('a body cut short or damaged is an error that can be repeated', async () => {
    const whole = gzipSync(`[${'{"a":1},'.repeat(1_000)}{}]`);
    await expect(decoder(100_000)(whole.subarray(0, whole.length - 12), json)).rejects.toMatchObject({kind: 'syntax'});
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, 12, 20);
    await expect(decoder(100_000)(damaged, json)).rejects.toMatchObject({kind: 'syntax'});
  });

  test('a plain body beyond the limit is an error too', () => {
    expect(() => decoder(5)(Buffer.from('[{"a":1}]'), json)).toThrow(/larger than 5/);
  });
});
