// test/fault/store-writer.ts: a process that puts messages into a store as fast as they become safe, and says on its standard
// output which were acknowledged: `queueId queueOffset number`, a line each. It is there to be killed.
import { writeSync } from 'node:fs'
import { openMessageStore } from '../../broker/store'
import { seeded } from '../support/random'
import { asyncFlush, newMessage, storeOptions, syncFlush } from '../support/stores'

const [, , folder = '', seed = '1', policy = 'ASYNC_FLUSH', first = '0'] = process.argv
const random = seeded(Number(seed))
const store = await openMessageStore(
  storeOptions(folder, {
    flush: policy === 'SYNC_FLUSH' ? syncFlush : asyncFlush,
    more: { flushConsumeQueueIntervalMs: 10, flushConsumeQueueThoroughIntervalMs: 50 },
  }),
)
let number = Number(first)
let acks = ''
const turn = (): void => {
  const count = 1 + random.below(20)
  for (let n = 0; n < count; n++) {
    const queueId = random.below(4)
    const body = `${number} ${'x'.repeat(random.below(random.chance(0.02) ? 9000 : 300))}`
    const { queueOffset, commitLogOffset, sizeBytes } = store.append(
      newMessage({ queueId, body, keys: [`key${number}`] }),
    )
    const line = `${queueId} ${queueOffset} ${number}\n`
    number++
    store.whenSafe(commitLogOffset + sizeBytes, true, (status) => {
      if (status === 'ok') acks += line
    })
  }
  setImmediate(turn)
  // acknowledgements of the turn before: they leave at once, or die with the process
  if (acks !== '') writeSync(1, acks)
  acks = ''
}
turn()
