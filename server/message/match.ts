// server/message/match.ts: whether a message passes the filters of a search. The broker filters by tag (by hash, so the
// tag is compared again here); the rest is read from properties and body.
import type { WireMessage } from '../admin/records'
import type { ScanInput } from '../shared/inputs'
import { SEARCHED_BYTES, unpack } from './unpack'

export type MessageFilter = Pick<ScanInput, 'tag' | 'key' | 'property' | 'body'>
/** `onUnread`: a body that was looked for words in did not unpack within the bound; it counts as no match. */
export const openMatch = (
  { tag, key, property, body }: MessageFilter,
  onUnread: () => void = () => undefined,
): ((message: WireMessage) => boolean) => {
  const needle = body === undefined || body === '' ? null : Buffer.from(body, 'utf8')
  return (message) => {
    if (tag && !tag.split('||').some((one) => one.trim() === message.tag)) return false
    if (key && !message.keys.includes(key) && message.uniqueId !== key) return false
    if (property !== undefined) {
      const value = message.properties.get(property.name)
      if (value === undefined) return false
      if (property.how === 'is' ? value !== property.value : !value.includes(property.value)) return false
    }
    if (needle === null) return true
    const { bytes, failed } = unpack(message, SEARCHED_BYTES)
    if (failed !== null) onUnread()
    return bytes.includes(needle)
  }
}
