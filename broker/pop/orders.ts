// broker/pop/orders.ts: pops in order. While a batch of a queue is out and still invisible, nobody but its own attempt gets
// anything of that queue; an acknowledgement moves the group's offset. config/consumerOrderInfo.json keeps it over a restart.
import { join } from 'node:path'
import { openTableFile, readTable, type TableFile } from '../catalog/table-file'
import { bean, dict, numberDict, writeBodyText } from '../protocol/body-table'
import { type OrderInfo, offsetCountInfo, orderInfo, queueCountInfo } from '../protocol/pop'
import type { OrderedBatch, PopOrders } from './types'

export interface OrdersOptions {
  configDir: string
  clock: () => number
  saveIntervalMs: number
  /** A queue may be popped again: its batch is visible now. */
  onFree: (topic: string, group: string, queueId: number) => void
  log: (level: 'info' | 'warn' | 'error', line: string) => void
}

const table = bean({ table: dict(numberDict(orderInfo)) })

export async function openOrders(options: OrdersOptions): Promise<PopOrders> {
  const path = join(options.configDir, 'consumerOrderInfo.json')
  const read = await readTable(path, table)
  return new Orders(options, path, read?.table ?? new Map())
}

/** What nobody popped for so long is forgotten. */
const keptMs = 24 * 3600 * 1000
/** setTimeout takes no more. */
const maxTimerMs = 0x7fff_ffff

class Orders implements PopOrders {
  readonly #options: OrdersOptions
  readonly #file: TableFile
  readonly #table: Map<string, Map<number, OrderInfo>>
  readonly #alarms = new Map<string, NodeJS.Timeout>()
  readonly #timer: NodeJS.Timeout
  #hasMoved = false

  constructor(options: OrdersOptions, path: string, read: Map<string, Map<number, OrderInfo>>) {
    this.#options = options
    this.#table = read
    this.#file = openTableFile({ path, render: () => this.toJson(), log: options.log })
    for (const [key, queues] of read) {
      for (const [queueId, info] of queues) this.#tellWhenFree(...namesIn(key), queueId, info)
    }
    this.#timer = setInterval(() => this.#save(), options.saveIntervalMs)
    this.#timer.unref()
  }

  isBlocked(
    topic: string,
    group: string,
    queueId: number,
    attemptId: string | undefined,
    invisibleMs: number,
  ): boolean {
    const info = this.#find(topic, group, queueId)
    if (info === undefined || (info.a !== undefined && info.a === attemptId)) return false
    if (info.i === undefined || info.i <= 0) info.i = invisibleMs
    const nowMs = this.#options.clock()
    return waitingOf(info).some((offset) => nowMs < visibleAt(info, offset))
  }

  popped(batch: OrderedBatch): string[] {
    const { topic, group, queueId, queueOffsets, attemptId, popTimeMs, invisibleMs } = batch
    const before = this.#find(topic, group, queueId)
    const [first = 0] = queueOffsets
    const info: OrderInfo = {
      popTime: popTimeMs,
      i: invisibleMs,
      o: queueOffsets.map((offset, at) => (at === 0 ? offset : offset - first)),
      ot: undefined,
      oc: before === undefined ? undefined : timesBefore(before, attemptId, queueOffsets),
      l: this.#options.clock(),
      cm: 0,
      a: attemptId,
    }
    const key = keyOf(topic, group)
    const queues = this.#table.get(key) ?? new Map<number, OrderInfo>()
    this.#table.set(key, queues.set(queueId, info))
    this.#moved(topic, group, queueId, info)
    const counts = [...(info.oc ?? [])]
    const least = counts.length === info.o.length ? Math.min(...counts.map(([, times]) => times)) : 0
    return [
      ...counts.map(([offset, times]) => offsetCountInfo(topic, queueId, offset, times)),
      queueCountInfo(topic, queueId, least),
    ]
  }

  acknowledged(
    topic: string,
    group: string,
    queueId: number,
    queueOffset: number,
    popTimeMs: number,
  ): number | undefined {
    const info = this.#find(topic, group, queueId)
    if (info === undefined) return queueOffset + 1
    if (popTimeMs !== info.popTime) return undefined
    const offsets = offsetsOf(info)
    const at = offsets.indexOf(queueOffset)
    if (at < 0) return undefined
    if (!hasBit(info.cm, at)) info.cm += 2 ** at
    this.#moved(topic, group, queueId, info)
    const [next] = waitingOf(info)
    return next ?? (offsets.at(-1) ?? queueOffset) + 1
  }

  visibleAt(topic: string, group: string, queueId: number, queueOffset: number, popTimeMs: number, atMs: number): void {
    const info = this.#find(topic, group, queueId)
    if (info === undefined || info.popTime !== popTimeMs || !offsetsOf(info).includes(queueOffset)) return
    info.ot = new Map(info.ot).set(queueOffset, atMs)
    this.#moved(topic, group, queueId, info)
  }

  clear(topic: string, group: string, queueId: number): void {
    if (this.#table.get(keyOf(topic, group))?.delete(queueId) !== true) return
    this.#silence(`${keyOf(topic, group)}@${queueId}`)
    this.#hasMoved = true
  }
  topicRemoved(topic: string): void {
    this.#removeWhere((key) => key.startsWith(`${topic}@`))
  }
  groupRemoved(group: string): void {
    this.#removeWhere((key) => key.endsWith(`@${group}`))
  }

  toJson(): string {
    const oldestMs = this.#options.clock() - keptMs
    for (const [key, queues] of this.#table) {
      for (const [queueId, info] of queues) if (info.l < oldestMs) queues.delete(queueId)
      if (queues.size === 0) this.#table.delete(key)
    }
    return writeBodyText(table, { table: this.#table })
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    for (const key of [...this.#alarms.keys()]) this.#silence(key)
    this.#save()
    await this.#file.close()
  }

  #find(topic: string, group: string, queueId: number): OrderInfo | undefined {
    return this.#table.get(keyOf(topic, group))?.get(queueId)
  }

  #moved(topic: string, group: string, queueId: number, info: OrderInfo): void {
    this.#hasMoved = true
    this.#tellWhenFree(topic, group, queueId, info)
  }

  /** Somebody may wait for the queue while nothing else would wake him. */
  #tellWhenFree(topic: string, group: string, queueId: number, info: OrderInfo): void {
    const key = `${keyOf(topic, group)}@${queueId}`
    this.#silence(key)
    const waiting = waitingOf(info)
    if (waiting.length === 0) return
    const inMs = Math.max(...waiting.map((offset) => visibleAt(info, offset))) - this.#options.clock()
    if (inMs <= 0) return
    const alarm = setTimeout(
      () => {
        this.#alarms.delete(key)
        this.#options.onFree(topic, group, queueId)
      },
      Math.min(inMs + 1, maxTimerMs),
    )
    alarm.unref()
    this.#alarms.set(key, alarm)
  }
  #silence(key: string): void {
    clearTimeout(this.#alarms.get(key))
    this.#alarms.delete(key)
  }

  #removeWhere(isGone: (key: string) => boolean): void {
    for (const [key, queues] of this.#table) {
      if (!isGone(key)) continue
      for (const queueId of queues.keys()) this.#silence(`${key}@${queueId}`)
      this.#table.delete(key)
      this.#hasMoved = true
    }
  }

  #save(): void {
    if (this.#hasMoved) this.#file.changed()
    this.#hasMoved = false
  }
}

const keyOf = (topic: string, group: string): string => `${topic}@${group}`
const namesIn = (key: string): [topic: string, group: string] => {
  const split = key.indexOf('@')
  return [key.slice(0, split), key.slice(split + 1)]
}
const hasBit = (bits: number, at: number): boolean => Math.floor(bits / 2 ** at) % 2 === 1
const offsetsOf = ({ o }: OrderInfo): number[] => o.map((offset, at) => (at === 0 ? offset : (o[0] ?? 0) + offset))
const waitingOf = (info: OrderInfo): number[] => offsetsOf(info).filter((_, at) => !hasBit(info.cm, at))
const visibleAt = (info: OrderInfo, offset: number): number => info.ot?.get(offset) ?? info.popTime + (info.i ?? 0)

/** How often each was popped before; the same attempt asking again does not count. */
function timesBefore(
  before: OrderInfo,
  attemptId: string | undefined,
  queueOffsets: readonly number[],
): Map<number, number> | undefined {
  if (before.a !== undefined && before.a === attemptId) return before.oc
  const earlier = new Set(offsetsOf(before))
  const times = new Map<number, number>()
  for (const offset of queueOffsets) if (earlier.has(offset)) times.set(offset, (before.oc?.get(offset) ?? 0) + 1)
  return times.size === 0 ? undefined : times
}
