// server/shared/key-hash.ts: the number a sharding key stands for. Stock Java clients choose a queue by it, so it must be the same.

/** Java's String.hashCode without its sign: its remainder is the queue that SelectMessageQueueByHash of 5.x takes. */
export function keyHash(key: string): number {
  let hash = 0
  for (let at = 0; at < key.length; at++) hash = (Math.imul(31, hash) + key.charCodeAt(at)) | 0
  return Math.abs(hash)
}
