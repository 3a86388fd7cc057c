// components/message/detect.ts: what somebody typed into the one box: an id, or a key. Pure.

export type Asked = 'id' | 'key'

/**
 * 32 or 56 hex digits are a message id or an offset id (IPv4 or IPv6), 34 from `01` the id of a gRPC client. Everything
 * else is a key; a key that looks like an id can still be asked for as one.
 */
export const detect = (text: string): Asked =>
  /^(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{56}|01[0-9A-Fa-f]{32})$/.test(text.trim()) ? 'id' : 'key'

/** `3`: that queue of every broker; else as below. */
export const parseQueues = (text: string): { broker: string | null; queueId: number; offset: bigint | null } | null => {
  const bare = /^\d{1,5}$/.exec(text.trim())
  return bare === null ? parseQueue(text) : { broker: null, queueId: Number(bare[0]), offset: null }
}
/** `broker-a/3`, or `broker-a/3@41886734`. */
export const parseQueue = (text: string): { broker: string; queueId: number; offset: bigint | null } | null => {
  const match = /^(.+)\/(\d{1,5})(?:\s*@\s*([\d,]{1,25}))?$/.exec(text.trim())
  if (match === null) return null
  const [, broker = '', queueId = '', offset] = match
  return { broker, queueId: Number(queueId), offset: offset === undefined ? null : BigInt(offset.replaceAll(',', '')) }
}

/** `region = cn-east`, `region ~ cn` (contains). */
export const parseProperty = (text: string): { name: string; value: string; how: 'is' | 'contains' } | null => {
  const match = /^\s*([^=~\s]+)\s*([=~])\s*(.*?)\s*$/.exec(text)
  if (match === null) return null
  const [, name = '', sign, value = ''] = match
  return { name, value, how: sign === '=' ? 'is' : 'contains' }
}
