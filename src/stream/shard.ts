import type {ShardPlan} from './stream-plan.js';

/** FNV-1a, 32 bits, over UTF-16 code units: the same in every process and version, for shards never move. */
export function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  // FNV's low bits follow the last characters closely; one more mix spreads keys that differ only there.
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return hash >>> 0;
}

/** Whether a partition (key of the topmost parent, start of a window) belongs to this shard; without shards all do. */
export function inShard(partition: string, shard: ShardPlan | undefined): boolean {
  return shard === undefined || stableHash(partition) % shard.of === shard.index;
}
