import type {Parent} from './parent.js';
import {stableHash} from './shard.js';

/** How many parents were finished, and order-free hashes of them (contract, State: `before`). */
export interface Before {
  readonly count: number;
  /** Of their keys. */
  readonly hash: number;
  /** Of all that is used of their rows; undefined where that is the key alone. */
  readonly rows?: number;
}

export const noneBefore: Before = {count: 0, hash: 0};

/** One more parent. */
export function withParent({count, hash, rows = 0}: Before, {text, digest}: Parent): Before {
  return {
    count: count + 1,
    hash: (hash + stableHash(text)) >>> 0,
    ...(digest !== undefined && {rows: (rows + stableHash(digest)) >>> 0}),
  };
}

const hex = (hash: number): string => hash.toString(16).padStart(8, '0');

/** As it stands in a state: `3:00c0ffee`, `3:00c0ffee:deadbeef`. */
export const printBefore = ({count, hash, rows}: Before): string =>
  [count, hex(hash), ...(rows === undefined ? [] : [hex(rows)])].join(':');

export function readBefore(text: string | undefined): Before | undefined {
  const [, count, hash = '', rows] = /^(\d+):([0-9a-f]{1,8})(?::([0-9a-f]{1,8}))?$/.exec(text ?? '') ?? [];
  if (count === undefined) return undefined;
  return {
    ...{count: Number(count), hash: Number.parseInt(hash, 16)},
    ...(rows !== undefined && {rows: Number.parseInt(rows, 16)}),
  };
}
