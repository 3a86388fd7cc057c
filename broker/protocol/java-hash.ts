// broker/protocol/java-hash.ts: the hash Java gives a text. Tags and index keys are found by it, so it must be the same.

/** 31 * h + UTF-16 unit, wrapped to 32 bits after each. `before` is the hash of what stands in front of the text. */
export function javaHash(text: string, before = 0): number {
  let hash = before
  for (let at = 0; at < text.length; at++) hash = (Math.imul(31, hash) + text.charCodeAt(at)) | 0
  return hash
}

/** What a consume queue unit holds for a message with these TAGS: 0 for none. The whole text is one tag. */
export const tagsCode = (tags: string | undefined): number => (tags === undefined || tags === '' ? 0 : javaHash(tags))

/** The number an index file sorts a key by: `topic#key`, never negative. */
export const indexHash = (topic: string, key: string): number => indexHashAfter(indexPrefix(topic), key)

/** The part of it that all keys of a topic share: done for each key of each message, joining them would cost as much. */
export const indexPrefix = (topic: string): number => javaHash('#', javaHash(topic))
export function indexHashAfter(prefix: number, key: string): number {
  const hash = Math.abs(javaHash(key, prefix))
  return hash > 0x7fff_ffff ? 0 : hash // the one number whose absolute value does not fit
}
