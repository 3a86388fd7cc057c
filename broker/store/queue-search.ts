// broker/store/queue-search.ts: finds in a consume queue where messages of the commit log from some place on begin. Halving
// works because units ascend in the commit log; places that no message has count as what the next message is.
import { type ConsumeQueue, isNowhere, unit, unitOffset, unitSize } from './consume-queue'

/** Number of the queue's first message that lies at `commitLogOffset` or behind; maxOffset when there is none. */
export async function firstUnitFrom(queue: ConsumeQueue, commitLogOffset: number): Promise<number> {
  let low = queue.minOffset
  let high = queue.maxOffset
  while (low < high) {
    const middle = (low + high) >> 1
    const found = await firstReal(queue, middle)
    if (found === undefined || found.commitLogOffset >= commitLogOffset) high = middle
    else low = found.at + 1
  }
  // what no message has is not where a message begins
  return (await firstReal(queue, low))?.at ?? queue.maxOffset
}

const stepUnits = 64

/** The first message at `from` or behind. */
async function firstReal(
  queue: ConsumeQueue,
  from: number,
): Promise<{ at: number; commitLogOffset: number } | undefined> {
  for (let at = from; at < queue.maxOffset; ) {
    const units = await queue.read(at, at === from ? 1 : stepUnits)
    if (units.count === 0) {
      // its file is missing: on with the next one
      const perFile = queue.row.segmentBytes / unit.size
      at = (Math.floor(at / perFile) + 1) * perFile
      continue
    }
    for (let index = 0; index < units.count; index++, at++) {
      const commitLogOffset = unitOffset(units, index)
      if (!isNowhere(commitLogOffset, unitSize(units, index))) return { at, commitLogOffset }
    }
  }
  return undefined
}
