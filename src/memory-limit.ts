import {readFileSync} from 'node:fs';
import {join} from 'node:path/posix';

/** Its text, or undefined where there is no such file. */
type Read = (file: string) => string | undefined;

/**
 * Bytes that the cgroups of this process allow, the smallest of its own and of those around it, for version 1 and 2; undefined without
 * a limit, or where there are no cgroups. Node looks at the innermost one only, which says nothing where the limit is on a pod or slice.
 */
export function cgroupLimit(read: Read = readText): number | undefined {
  const mounts = mountsIn(read('/proc/self/mountinfo') ?? '');
  const limits = groupsIn(read('/proc/self/cgroup') ?? '').flatMap(({version, path}) => {
    const mount = mounts.find((each) => each.version === version);
    return mount === undefined ? [] : foldersOf(mount, path).flatMap((folder) => limitsIn(folder, version, read));
  });
  return limits.length === 0 ? undefined : Math.min(...limits);
}

interface Mount {
  readonly version: 1 | 2;
  /** The cgroup that is mounted: in a container often its own. */
  readonly root: string;
  readonly point: string;
}

/** Lines such as `35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory` (proc(5)). */
const mountsIn = (text: string): readonly Mount[] =>
  text.split('\n').flatMap((line): Mount[] => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root = '/', point = ''] = before.split(' ').map(unescaped);
    const [type, , options = ''] = after.split(' ');
    if (type === 'cgroup2') return [{version: 2, root, point}];
    return type === 'cgroup' && options.split(',').includes('memory') ? [{version: 1, root, point}] : [];
  });

const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));

interface Group {
  readonly version: 1 | 2;
  readonly path: string;
}

/** Lines such as `4:memory:/docker/1f3a` and `0::/user.slice` (cgroups(7)). */
const groupsIn = (text: string): readonly Group[] =>
  text.split('\n').flatMap((line): Group[] => {
    const [, id = '', controllers = '', path = '/'] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    if (id === '0' && controllers === '') return [{version: 2, path}];
    return controllers.split(',').includes('memory') ? [{version: 1, path}] : [];
  });

/** The cgroup's own folder and those of the cgroups around it, as far as they are mounted: of others only the mounted one is seen. */
function foldersOf({root, point}: Mount, path: string): readonly string[] {
  const isInside = root === '/' || path === root || path.startsWith(`${root}/`);
  const names = (isInside ? path.slice(root.length) : '').split('/').filter((name) => name !== '');
  if (names.includes('..')) return [point];
  return [point, ...names.map((_, index) => join(point, ...names.slice(0, index + 1)))];
}

function limitsIn(folder: string, version: 1 | 2, read: Read): readonly number[] {
  const files = version === 1 ? ['memory.limit_in_bytes'] : ['memory.max', 'memory.high'];
  return files.flatMap((name) => {
    const text = read(join(folder, name))?.trim() ?? '';
    // Version 2 says `max` where there is none, version 1 a number beyond any memory.
    const bytes = /^\d+$/.test(text) ? Number(text) : 0;
    return bytes > 0 && bytes < 2 ** 50 ? [bytes] : [];
  });
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
