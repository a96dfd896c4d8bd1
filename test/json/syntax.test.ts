import {describe, expect, test} from 'vitest';
import {replaceNonFinite} from '../../src/json/non-finite.js';
import {compileScan} from '../../src/json/scan.js';
import {JsonSyntaxError} from '../../src/json/syntax-error.js';
import {accepts} from './scanning.js';

const ACCEPTED = [
  '[]',
  '{}',
  ' [] ',
  '[ ]',
  '{ }',
  '\t\n\r []',
  'null',
  'true',
  'false',
  '0',
  '-0',
  '1',
  '""',
  '"a"',
  '123',
  '[1]',
  '[1,2]',
  '-1',
  '1.5',
  '1.50',
  '0.1',
  '-0.1',
  '1e1',
  '1E1',
  '1e+1',
  '1e-1',
  '0e0',
  '0E+0',
  '1.5e10',
  '123456789012345678901234567890',
  '1e400',
  '-1e-400',
  '0.000000000000000000000000000000000000001',
  '"\\""',
  '"\\\\"',
  '"\\/"',
  '"\\b\\f\\n\\r\\t"',
  '"\\u0000"',
  '"\\uABCD"',
  '"\\uabcd"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\u007f"',
  '"\u2028\u2029"',
  '"😀é"',
  '"\u00a0"',
  '"/"',
  '"\\\\u0000"',
  '"[{,"',
  '{"":0}',
  '{"a":{"a":{}}}',
  '{"a":1,"a":1}',
  '{"a" : 1 , "b" : [ ] }',
  '[[],{},"",0,null]',
  '[{"a":[{"b":[]}]}]',
  '{"\\u0061":1}',
];

const REFUSED = [
  '',
  ' ',
  '\n',
  '[',
  ']',
  '{',
  '}',
  '[1',
  '[1,',
  '[,1]',
  '[1,]',
  '[1,,2]',
  '[1 2]',
  '[1:2]',
  '[1}',
  '{]',
  '[[]',
  '[]]',
  '[],',
  '{}{}',
  '1 2',
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  '{,"a":1}',
  '{"a":1 "b":2}',
  '{"a":1,,"b":2}',
  '{"a" 1}',
  '{"a":1]',
  '{a:1}',
  "{'a':1}",
  '{1:1}',
  '{null:1}',
  '{"a":1',
  '{"a":',
  '{"a"',
  '{"a',
  '{"a":1}}',
  '{"a":1};',
  '{"a"::1}',
  '{:1}',
  '{"a":1:2}',
  '01',
  '-01',
  '00',
  '-',
  '+1',
  '1.',
  '.1',
  '-.1',
  '1.e1',
  '1e',
  '1e+',
  '1E-',
  '1e1.5',
  '0x1',
  '1_000',
  '1a',
  '--1',
  '1.2.3',
  '0b1',
  '1e1e1',
  '- 1',
  '\uff11',
  'tru',
  'True',
  'TRUE',
  'nul',
  'nulll',
  'truee',
  'falsE',
  'fals',
  'undefined',
  'NaN',
  'Infinity',
  '-Infinity',
  'nan',
  'Inf',
  '[NaN]',
  '[-Infinity]',
  '"',
  '"a',
  "'a'",
  '"\\"',
  '"\\x00"',
  '"\\a"',
  '"\\u"',
  '"\\u12"',
  '"\\u12G4"',
  '"\\u 123"',
  '"\\U0041"',
  '"\\',
  '"\\u00',
  '"\\\u0000"',
  '"\\😀"',
  '"\n"',
  '"\r"',
  '"\t"',
  '"\u0000"',
  '"\u001f"',
  '"a\u0008b"',
  '{"a\n":1}',
  '["a\n"]',
  '\ufeff[]',
  '\u00a0[]',
  '[\u00a0]',
  '\u000b[]',
  '\f[]',
  '[\u2028]',
  '[]\u0000',
  '\u0000',
  '// x\n[]',
  '[1/* */]',
  '[]#',
  '<html></html>',
  'a',
  '"a" "b"',
  '*',
  '[""',
];

describe('RFC 8259', () => {
  test.each(ACCEPTED)('accepts %j', (text) => {
    expect(accepts(text)).toBe(true);
    expect(() => JSON.parse(text)).not.toThrow();
  });

  test.each(REFUSED)('refuses %j', (text) => {
    expect(accepts(text)).toBe(false);
    expect(accepts(text, {records: [], fields: [['a']], facts: [[0]]})).toBe(false);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });
});

describe('the error', () => {
  function failure(text: string): JsonSyntaxError {
    const bytes = Buffer.from(text);
    try {
      compileScan({records: undefined, fields: [], facts: []})(bytes, 0, bytes.length);
    } catch (error) {
      if (error instanceof JsonSyntaxError) {
        return error;
      }
    }
    throw new Error('no JsonSyntaxError');
  }

  test('names the reason, the byte and the 40 characters around it', () => {
    const error = failure(`["${'é'.repeat(100)}",oops,"${'😀'.repeat(100)}"]`);
    expect(error.offset).toBe(204);
    expect(error.message).toBe(
      `something else where a value must stand at byte 204, near "${'é'.repeat(18)}${'\\",oops,\\"'}${'😀'.repeat(14)}"`,
    );
    expect(error.nonFinite).toBe(false);
  });

  test.each([
    ['{"a":1', 'the end where , or } must stand', 6],
    ['[1', 'the end where , or ] must stand', 2],
    ['[1}', 'something else where , or ] must stand', 2],
    ['{"a" 1}', 'no colon behind a key', 5],
    ['{a:1}', 'something else where a key in quotes must stand', 1],
    ['"abc', 'a string that does not end', 4],
    ['"a\nb"', 'a raw control character in a string', 2],
    ['"a\\x"', 'an unknown escape', 2],
    ['"\\u12x4"', 'an escape \\u without four hexadecimal digits', 1],
    ['[1.]', 'a number without a digit where one must stand', 3],
    ['[] x', 'something behind the end of the document', 3],
    ['', 'the end where a value must stand', 0],
  ])('of %j is: %s at %i', (text, reason, offset) => {
    expect(failure(text)).toMatchObject({reason, offset, nonFinite: false});
  });

  test('of a document cut in its buffer is about the cut', () => {
    const bytes = Buffer.from('[1,2]');
    expect(() => compileScan({records: undefined, fields: [], facts: []})(bytes, 0, 3)).toThrow(
      'the end where a value must stand at byte 3',
    );
  });

  test.each(['[NaN]', '{"a":Infinity}', '[1,-Infinity]'])('of %s says that it is only that', (text) => {
    expect(failure(text).nonFinite).toBe(true);
  });
});

describe('replaceNonFinite', () => {
  test.each([
    ['[NaN,Infinity,-Infinity]', '[null,null,null]', 3],
    ['{"a": NaN ,"b":\n-Infinity}', '{"a": null ,"b":\nnull}', 2],
    ['NaN', 'null', 1],
    ['["NaN","a\\"NaN","\\\\",NaN]', '["NaN","a\\"NaN","\\\\",null]', 1],
    ['{"NaN":[-1,Infinity]}', '{"NaN":[-1,null]}', 1],
    ['[NaNs,1NaN,NaN NaN,Infinityx]', '[NaNs,1NaN,NaN NaN,Infinityx]', 0],
    ['{NaN:1,"a":1,NaN:2}', '{NaN:1,"a":1,NaN:2}', 0],
    ['["é😀",NaN,"é"]', '["é😀",null,"é"]', 1],
  ])('%s', (text, replaced, count) => {
    const bytes = Buffer.from(text);
    const result = replaceNonFinite(bytes);
    expect(result.bytes.toString()).toBe(replaced);
    expect(result.count).toBe(count);
    expect(bytes.toString()).toBe(text);
  });

  test('a document without any comes back as it is', () => {
    const bytes = Buffer.from('{"a":[-1,"NaN"]}');
    expect(replaceNonFinite(bytes).bytes).toBe(bytes);
  });
});
