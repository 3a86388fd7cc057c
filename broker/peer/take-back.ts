// broker/peer/take-back.ts: what a master that comes back learns from slaves that acted in its place, before it delivers
// anything and before name servers know of it (Apache: pre-online): how far consumers, delay levels and timed messages have
// come. Nothing moves back by it; a slave that does not answer is passed over, and then some is delivered again.
import { splitOffsetTable } from '../catalog/offsets'
import type { OffsetCatalog } from '../catalog/types'
import { consumerOffsets, delayOffsets, readBody } from '../protocol/bodies'
import { RequestCode, ResponseCode } from '../protocol/codes'
import type { ExtFields } from '../protocol/command'
import { writeHeader } from '../protocol/header-table'
import { exchangeHaInfoHeader } from '../protocol/headers-admin'
import { timerProgress } from '../schedule/timer-checkpoint'
import type { TimedMessages } from '../schedule/timer-types'
import type { DelayLevels } from '../schedule/types'
import { type GroupOptions, membersOf } from './acting'

export interface TakeBackOptions extends GroupOptions {
  readonly haAddress: string
  /** One past the last message of a queue here: a slave cannot have come further. */
  readonly maxOffset: (topic: string, queueId: number) => number
  readonly offsets: OffsetCatalog
  readonly delays: Pick<DelayLevels, 'progress' | 'replaceAll'>
  readonly timers: Pick<TimedMessages, 'doneElsewhere'>
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void
}

/** A slave first lets go of what it is about to send. */
const announceMs = 8000
const askMs = 5000

export async function takeBack(options: TakeBackOptions): Promise<void> {
  const { brokerId, log } = options
  const slaves = new Map<number, string>()
  for (const members of await membersOf(options)) for (const [id, at] of members) if (id > brokerId) slaves.set(id, at)
  for (const [id, address] of slaves) {
    try {
      const moved = await takeFrom(address, options)
      log('info', `the slave ${id} at ${address} let this master come; ${moved} of its positions were further`)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      log('warn', `what the slave ${id} at ${address} did meanwhile is not known: ${why}`)
    }
  }
}

async function takeFrom(slave: string, options: TakeBackOptions): Promise<number> {
  const { address, haAddress, timers } = options
  const comes = writeHeader(exchangeHaInfoHeader, { masterHaAddress: haAddress, masterAddress: address })
  await ask(slave, RequestCode.EXCHANGE_BROKER_HA_INFO, options, announceMs, comes)
  const { offsetTable } = readBody(consumerOffsets, await ask(slave, RequestCode.GET_ALL_CONSUMER_OFFSET, options))
  const levels = readBody(delayOffsets, await ask(slave, RequestCode.GET_ALL_DELAY_OFFSET, options)).offsetTable
  const moved = takeOffsets(offsetTable, options) + takeLevels(levels, options)
  const progress = timerProgress(await ask(slave, RequestCode.GET_TIMER_CHECK_POINT, options).catch(() => nothing))
  if (progress !== undefined) timers.doneElsewhere(progress)
  return moved
}
const nothing = Buffer.alloc(0)

function takeOffsets(table: Parameters<typeof splitOffsetTable>[0], { offsets, maxOffset }: TakeBackOptions): number {
  let moved = 0
  for (const { group, topic, offsets: theirs } of splitOffsetTable(table)) {
    for (const [queueId, queueOffset] of theirs) {
      if (queueOffset <= offsets.query(group, topic, queueId) || queueOffset > maxOffset(topic, queueId)) continue
      offsets.commit(group, topic, queueId, queueOffset)
      moved += 1
    }
  }
  return moved
}

function takeLevels(theirs: ReadonlyMap<number, number>, { delays }: TakeBackOptions): number {
  const further = new Map<number, number>()
  for (const { level, deliveredTo, maxOffset } of delays.progress()) {
    const there = theirs.get(level) ?? 0
    if (there > deliveredTo && there <= maxOffset) further.set(level, there)
  }
  if (further.size > 0) delays.replaceAll(further)
  return further.size
}

async function ask(
  slave: string,
  code: number,
  { dialer }: TakeBackOptions,
  timeoutMs = askMs,
  ext: ExtFields = {},
): Promise<Buffer> {
  const reply = await dialer.request(slave, code, ext, undefined, timeoutMs)
  if (reply.code !== ResponseCode.SUCCESS) throw new Error(`code ${reply.code} ${reply.remark ?? ''}`)
  return reply.body
}
