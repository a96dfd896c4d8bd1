import {stableHash} from './shard.js';

/** How many parents were finished, and the order-free hash of their keys (contract, State: `before`). */
export interface Before {
  readonly count: number;
  readonly hash: number;
}

export const noneBefore: Before = {count: 0, hash: 0};

/** One more parent; `key` is the JSON text of its key. */
export function withParent({count, hash}: Before, key: string): Before {
  return {count: count + 1, hash: (hash + stableHash(key)) >>> 0};
}
