// test/fault/store-writer.ts: a process that puts messages into a store as fast as they become safe, and says on its standard
// output which were acknowledged: `queueId queueOffset number`, a line each, and `config number` for each file it replaced. It
// is there to be killed: by whoever started it, or by itself at a named point (killing-files.ts).
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { nodeFiles } from '../../broker/file/files'
import { writeFileAtomic } from '../../broker/file/small-file'
import { openMessageStore } from '../../broker/store'
import { seeded } from '../support/random'
import { asyncFlush, newMessage, storeOptions, syncFlush } from '../support/stores'
import { type KillMoment, type KillPoint, killingFiles } from './killing-files'

const [, , folder = '', seed = '1', policy = 'ASYNC_FLUSH', first = '0', point = '', nth = '1', moment = ''] =
  process.argv
const doomed =
  point === '' ? undefined : killingFiles(nodeFiles(), point as KillPoint, Number(nth), moment as KillMoment)
const files = doomed?.files ?? nodeFiles()
const random = seeded(Number(seed))
const store = await openMessageStore(
  storeOptions(folder, {
    flush: policy === 'SYNC_FLUSH' ? syncFlush : asyncFlush,
    more: { files, flushConsumeQueueIntervalMs: 10, flushConsumeQueueThoroughIntervalMs: 50 },
  }),
)
doomed?.opened()
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
const configure = async (value: number): Promise<void> => {
  await writeFileAtomic(join(folder, 'config', 'numbers.json'), JSON.stringify({ value }), files)
  acks += `config ${value} ${value}\n`
  setTimeout(() => void configure(value + 1), 5)
}
turn()
void configure(Number(first))
