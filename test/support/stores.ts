// test/support/stores.ts: small stores and messages for tests of the store and of what stands on it.

import { javaHash } from '../../broker/protocol/java-hash'
import { encodeProperties } from '../../broker/protocol/properties'
import type { FlushPolicy, MessageStore, NewMessage, PutStatus, StoreOptions } from '../../broker/store/types'

export const asyncFlush: FlushPolicy = {
  flushDiskType: 'ASYNC_FLUSH',
  flushIntervalMs: 500,
  flushLeastPages: 4,
  flushThoroughIntervalMs: 10_000,
  syncFlushTimeoutMs: 5000,
}
export const syncFlush: FlushPolicy = { ...asyncFlush, flushDiskType: 'SYNC_FLUSH' }

/** ip and port as records hold them. */
export const host = (ip: string, port: number): Buffer => {
  const bytes = Buffer.alloc(8)
  for (const [at, part] of ip.split('.').entries()) bytes[at] = Number(part)
  bytes.writeInt32BE(port, 4)
  return bytes
}

export function storeOptions(rootDir: string, overrides: Partial<StoreOptions> = {}): StoreOptions {
  return {
    rootDir,
    storeHost: host('10.0.0.2', 10911),
    commitLogSegmentBytes: 64 * 1024,
    consumeQueueSegmentBytes: 20 * 100,
    indexMaxSlots: 500,
    indexMaxItems: 400,
    maxMessageBytes: 16 * 1024,
    hotBytes: 32 * 1024,
    flush: asyncFlush,
    fileReservedTimeHours: 72,
    deleteWhen: '04',
    diskMaxUsedSpaceRatio: 0.99,
    diskSpaceWarningLevelRatio: 0.99,
    diskSpaceCleanForciblyRatio: 0.99,
    clock: Date.now,
    log: () => {},
    ...overrides,
  }
}

export interface MessageParts {
  topic?: string
  queueId?: number
  body?: Buffer | string
  tags?: string
  keys?: readonly string[]
  uniqueKey?: string
  sysFlag?: number
  bornTimestampMs?: number
}
export function newMessage(parts: MessageParts = {}): NewMessage {
  const { tags, keys = [], uniqueKey } = parts
  return {
    topic: parts.topic ?? 'T',
    queueId: parts.queueId ?? 0,
    flag: 0,
    sysFlag: parts.sysFlag ?? 0,
    bornTimestampMs: parts.bornTimestampMs ?? 1_700_000_000_000,
    bornHost: host('10.0.0.1', 1234),
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    body: typeof parts.body === 'string' ? Buffer.from(parts.body) : (parts.body ?? Buffer.from('hello')),
    properties: encodeProperties([
      ['KEYS', keys.length > 0 ? keys.join(' ') : undefined],
      ['UNIQ_KEY', uniqueKey],
      ['TAGS', tags],
    ]),
    tagsCode: tags === undefined ? 0 : javaHash(tags),
    keys: [...(uniqueKey === undefined ? [] : [uniqueKey]), ...keys],
  }
}

/** Resolves with how the put ended. */
export const safe = (store: MessageStore, commitLogOffset: number, waits = true): Promise<PutStatus> =>
  new Promise((resolve) => store.whenSafe(commitLogOffset, waits, resolve))

/** Appends and waits until it is safe. */
export async function put(store: MessageStore, parts: MessageParts = {}) {
  const appended = store.append(newMessage(parts))
  return { ...appended, commitLogOffset: appended.commitLogOffset, status: await safe(store, appended.commitLogOffset) }
}
