// broker/store/queue-times.ts: which message of a queue was stored at a time. Found by halving: the store times of a queue
// ascend, but for a clock that was set back.

import type { ConsumeQueue } from './consume-queue'
import { unitOffset, unitSize } from './consume-queue'

/** Store time of the record at a place; undefined when it is gone. */
export type TimeAt = (commitLogOffset: number, sizeBytes: number) => Promise<number | undefined>

export async function storeTimeOf(queue: ConsumeQueue, queueOffset: number, timeAt: TimeAt): Promise<number> {
  if (queueOffset < queue.minOffset || queueOffset >= queue.maxOffset) return -1
  const units = await queue.read(queueOffset, 1)
  if (units.count === 0) return -1
  return (await timeAt(unitOffset(units, 0), unitSize(units, 0))) ?? -1
}

/** 'lower': the first at or after the time, one past the last when all are before. 'upper': the last at or before it, else 0. */
export async function offsetByTime(
  queue: ConsumeQueue,
  timestampMs: number,
  boundary: 'lower' | 'upper',
  timeAt: TimeAt,
): Promise<number> {
  let low = queue.minOffset
  let high = queue.maxOffset
  while (low < high) {
    const middle = (low + high) >> 1
    const time = await storeTimeOf(queue, middle, timeAt)
    // a message that went meanwhile was older than all that are left
    const goRight = time < 0 || (boundary === 'lower' ? time < timestampMs : time <= timestampMs)
    if (goRight) low = middle + 1
    else high = middle
  }
  if (boundary === 'lower') return low
  return low > queue.minOffset ? low - 1 : 0
}
