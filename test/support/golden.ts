// test/support/golden.ts: what Apache's own classes made of known values (test/golden), and cuts of it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from './folders'

export interface Golden {
  frames: {
    form: 'JSON' | 'ROCKETMQ'
    code: number
    flag: number
    opaque: number
    remark?: string
    ext: Record<string, string>
    body: string
    hex: string
  }[]
  records: {
    topic: string
    body: string
    properties: string
    bornHost: string
    storeHost: string
    sysFlag: number
    storedSysFlag: number
    reconsumeTimes: number
    preparedTransactionOffset: number
    bodyCrc: number
    hex: string
    msgId: string
  }[]
  ids: {
    kind: 'offset' | 'unique'
    id: string
    ip: string
    port?: number
    offset?: string
    pid?: number
    nowMs?: number
    timeMs?: number
    offsetMinutes?: number
  }[]
  batches: { hex: string; entries: { flag: number; body: string; properties: string }[] }[]
  properties: { text: string; parsed: Record<string, string> }[]
  hashes: { text?: string; indexKey?: string; hash?: number; tagsCode?: number; crc32?: number; indexHash: number }[]
  names: { name: string; topic: string; group: string; system: boolean; forbidden: boolean }[]
  subscriptions: {
    expression?: string
    type?: string
    error?: string
    subString?: string
    tagsSet?: string[]
    codeSet?: number[]
    expressionType?: string
  }[]
  perms: { perm: number; text: string; valid: boolean; accessible: boolean }[]
  signatures: { ext: Record<string, string>; body?: string; secret: string; signature: string }[]
  doubles: { bits: string; text: string }[]
  bodies: Record<string, { empty: string; full: string }>
  headers: Record<string, { name: string; type: string; notNull: boolean }[]>
  registrations: { compressed: string; plain: string }[]
  codes: {
    requests: Record<string, number>
    responses: Record<string, number>
    languages: Record<string, number>
    versionOrdinal: number
    versionName: string
    /** Property names that users may not set. */
    properties: string[]
  }
}
export const golden = (): Golden =>
  // written by test/golden/java/Golden.java in this shape
  JSON.parse(readFileSync(join(projectRoot, 'test/golden/protocol-5.5.0.json'), 'utf8')) as Golden

/** Every shorter cut of the bytes, each a buffer of its own: reading beyond its end cannot go unnoticed. */
export function* cutsOf(bytes: Buffer): Generator<Buffer> {
  for (let size = 0; size < bytes.length; size++) yield Buffer.from(bytes.subarray(0, size))
}
