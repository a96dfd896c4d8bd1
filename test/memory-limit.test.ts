import {describe, expect, test} from 'vitest';
import {cgroupLimit} from '../src/memory-limit.js';

const mount1 = (root = '/', point = '/sys/fs/cgroup/memory') =>
  `35 31 0:32 ${root} ${point} rw,relatime - cgroup cgroup rw,memory\n36 31 0:33 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n`;
const mount2 = (point = '/sys/fs/cgroup') =>
  `29 23 0:26 / ${point} rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n`;
const unlimited = '9223372036854771712\n';

function limit(files: Readonly<Record<string, string>>): number | undefined {
  return cgroupLimit((file) => files[file]);
}

describe('version 2', () => {
  test('of a container with a namespace of its own', () => {
    expect(
      limit({
        '/proc/self/cgroup': '0::/\n',
        '/proc/self/mountinfo': mount2(),
        '/sys/fs/cgroup/memory.max': '536870912\n',
        '/sys/fs/cgroup/memory.high': 'max\n',
      }),
    ).toBe(536_870_912);
  });

  test.each([
    [{'/a.slice/memory.max': '300', '/a.slice/b.scope/memory.max': 'max'}, 300],
    [{'/a.slice/memory.max': '300', '/a.slice/b.scope/memory.max': '200'}, 200],
    [{'/a.slice/memory.max': '100', '/a.slice/b.scope/memory.max': '200'}, 100],
    [{'/a.slice/memory.max': 'max', '/a.slice/b.scope/memory.max': 'max', '/a.slice/b.scope/memory.high': '50'}, 50],
    [{'/a.slice/memory.max': 'max'}, undefined],
    [{}, undefined],
  ])('nested: %o', (files, expected) => {
    const placed = Object.entries(files).map(([name, text]) => [`/sys/fs/cgroup${name}`, `${text}\n`]);
    const given = {'/proc/self/cgroup': '0::/a.slice/b.scope\n', '/proc/self/mountinfo': mount2()};
    expect(limit({...given, ...Object.fromEntries(placed)})).toBe(expected);
  });

  test('above the root of a namespace nothing is to be seen', () => {
    const files = {'/proc/self/cgroup': '0::/../other\n', '/proc/self/mountinfo': mount2()};
    const others = {'/sys/fs/cgroup/other/memory.max': '60'};
    expect(limit({...files, ...others, '/sys/fs/cgroup/memory.max': '70'})).toBe(70);
  });
});

describe('version 1', () => {
  test('of a container that sees its own cgroup as the root', () => {
    expect(
      limit({
        '/proc/self/cgroup': '5:cpu:/docker/1f\n4:memory:/docker/1f\n0::/\n',
        '/proc/self/mountinfo': mount1('/docker/1f'),
        '/sys/fs/cgroup/memory/memory.limit_in_bytes': '268435456\n',
      }),
    ).toBe(268_435_456);
  });

  test('nested: the limit is on the outer one', () => {
    expect(
      limit({
        '/proc/self/cgroup': '4:hugetlb,memory:/outer/inner\n0::/\n',
        '/proc/self/mountinfo': mount1() + mount2('/sys/fs/cgroup/unified'),
        '/sys/fs/cgroup/memory/memory.limit_in_bytes': unlimited,
        '/sys/fs/cgroup/memory/outer/memory.limit_in_bytes': '299999232\n',
        '/sys/fs/cgroup/memory/outer/inner/memory.limit_in_bytes': unlimited,
      }),
    ).toBe(299_999_232);
  });

  test('mounted at a place with a space', () => {
    const files = {'/proc/self/cgroup': '4:memory:/x', '/proc/self/mountinfo': mount1('/', '/my\\040cgroups')};
    expect(limit({...files, '/my cgroups/x/memory.limit_in_bytes': '9000'})).toBe(9_000);
  });
});

test.each([
  [{}],
  [{'/proc/self/cgroup': 'nonsense\n::\n', '/proc/self/mountinfo': 'nonsense\n - \n'}],
  [{'/proc/self/cgroup': '0::/\n', '/proc/self/mountinfo': mount2(), '/sys/fs/cgroup/memory.max': '0\n'}],
  [{'/proc/self/cgroup': '0::/\n', '/proc/self/mountinfo': mount2(), '/sys/fs/cgroup/memory.max': '-1\n'}],
])('none without cgroups, or in what is no cgroup', (files) => {
  expect(limit(files)).toBeUndefined();
});
