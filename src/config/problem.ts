import type {Segment} from '../json/path.js';

/** Something wrong or doubtful in the configuration. */
export interface Problem {
  readonly level: 'error' | 'warning' | 'info';
  /** Where: ['resources', 2, 'endpoint', 'path']. */
  readonly path: readonly Segment[];
  /** What is wrong and what to write instead; one line, no secret. */
  readonly message: string;
  /** `validate --fix` can write the canonical spelling. */
  readonly fixable?: boolean;
}

/** resources[2].endpoint.path, client.headers["X-Api-Version"] */
export function placeOf(path: readonly Segment[]): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else if (!/^[A-Za-z_][\w-]*$/.test(segment)) text += `[${JSON.stringify(segment)}]`;
    else text += text === '' ? segment : `.${segment}`;
  }
  return text === '' ? '(root)' : text;
}
