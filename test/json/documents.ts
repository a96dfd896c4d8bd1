import fc from 'fast-check';

/** A JSON value as a tree in which objects are lists of members, so that duplicate keys and their order can be written. */
type Tree =
  | {readonly kind: 'scalar'; readonly text: string}
  | {readonly kind: 'array'; readonly elements: readonly Tree[]}
  | {readonly kind: 'object'; readonly members: readonly {readonly key: string; readonly value: Tree}[]};

const KEYS = ['a', 'b', 'data', 'id', 'x.y', '', '__proto__', 'é😀', 'q"\\\n', '0', '@odata.nextLink'];

const numberText = fc.oneof(
  fc.integer().map(String),
  fc.double({noDefaultInfinity: true, noNaN: true}).map((value) => JSON.stringify(value)),
  fc.constantFrom('-0', '0.10', '1e400', '-1E-7', '9007199254740993', '1.50e+03', '123456789012345678901234567890'),
);

/** A string in JSON, some of its characters written as escapes. */
export function spelled(text: string, choose: () => number): string {
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const plain = JSON.stringify(text[i]).slice(1, -1);
    const pair = unit >= 0xd800 && unit <= 0xdfff;
    const hex = `\\u${unit.toString(16).padStart(4, '0')}`;
    if (pair && unit < 0xdc00 && choose() % 2 === 0) {
      out += text.slice(i, i + 2);
      i++;
    } else {
      out += pair || choose() % 4 === 0 ? hex : plain;
    }
  }
  return `${out}"`;
}

const BLANKS = ['', '', '', ' ', '\n', '\r\n', '\t', '  \n '];

/** The text of a tree; blanks and escapes are picked by `choose`. */
function write(tree: Tree, choose: () => number): string {
  const blank = () => BLANKS[choose() % BLANKS.length] ?? '';
  switch (tree.kind) {
    case 'scalar':
      return tree.text;
    case 'array':
      return `[${blank()}${tree.elements.map((element) => write(element, choose) + blank()).join(`,${blank()}`)}]`;
    case 'object': {
      const list = tree.members.map(
        ({key, value}) => `${spelled(key, choose)}${blank()}:${blank()}${write(value, choose)}${blank()}`,
      );
      return `{${blank()}${list.join(`,${blank()}`)}}`;
    }
  }
}

const key = fc.oneof(
  {weight: 4, arbitrary: fc.constantFrom(...KEYS)},
  {weight: 1, arbitrary: fc.string({unit: 'binary'})},
);

const {tree} = fc.letrec<{tree: Tree; array: Tree; object: Tree; scalar: Tree}>((tie) => ({
  tree: fc.oneof({maxDepth: 5, withCrossShrink: true}, tie('scalar'), tie('object'), tie('array')),
  scalar: fc
    .oneof(
      fc.constantFrom('true', 'false', 'null', '""', '{}', '[]'),
      numberText,
      fc.string({unit: 'binary', maxLength: 12}).map((text) => JSON.stringify(text)),
    )
    .map((text) => ({kind: 'scalar' as const, text})),
  array: fc.array(tie('tree'), {maxLength: 5}).map((list) => ({kind: 'array' as const, elements: list})),
  object: fc
    .array(fc.record({key, value: tie('tree')}), {maxLength: 6})
    .map((list) => ({kind: 'object' as const, members: list})),
}));

/** Any JSON document as text. */
export const documents = fc
  .tuple(tree, fc.array(fc.nat({max: 1000}), {minLength: 20, maxLength: 60}))
  .map(([root, choices]) => {
    let n = 0;
    return write(root, () => choices[n++ % choices.length] ?? 0);
  });

/** A singular path, likely to lead somewhere in `documents`. */
export const segments = fc.array(
  fc.oneof({weight: 3, arbitrary: fc.constantFrom(...KEYS)}, {weight: 2, arbitrary: fc.nat({max: 4})}),
  {maxLength: 4},
);

/** What JavaScript finds at a singular path; `missing` is distinct from null. */
export function lookUp(root: unknown, path: readonly (string | number)[]): {readonly value: unknown} | undefined {
  let value = root;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) !== (typeof segment === 'number')) {
      return undefined;
    }
    const at = typeof segment === 'number' && segment < 0 && Array.isArray(value) ? value.length + segment : segment;
    if (!Object.hasOwn(value, at)) {
      return undefined;
    }
    value = Reflect.get(value, at);
  }
  return {value};
}
