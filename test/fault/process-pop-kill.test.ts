// test/fault/process-pop-kill.test.ts: kill -9 in the middle of pops: what was not acknowledged comes again after its time,
// and nothing that was sent is missing. Part of `npm run test:long -- pop`.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { openDialer } from '../../broker/net/dial'
import { RequestCode } from '../../broker/protocol/codes'
import { ackMessageHeader, popMessageHeader, writeHeader } from '../../broker/protocol/headers'
import { flaggedTopic, readReceipt } from '../../broker/protocol/pop'
import { Property, parseProperties } from '../../broker/protocol/properties'
import { decodeRecords } from '../../broker/protocol/record'
import { temporaryFolder } from '../support/folders'
import { freeClusterPorts } from '../support/ports'
import { seeded } from '../support/random'
import { startOurs } from '../support/rocketdeck'
import { openWire } from '../support/wire'

const KILLS = Number(process.env.ROCKETDECK_POP_KILLS ?? 0)
const random = seeded(Number(process.env.ROCKETDECK_SEED ?? 20261125))
const topic = 'PoppedAndKilled'
const consumerGroup = 'poppers'
const INVISIBLE_MS = 2000
const QUEUES = 4

interface Popped {
  body: string
  ack: Record<string, string | undefined>
}
function openPopper(address: string) {
  const dialer = openDialer()
  const ask = (code: number, ext: Record<string, string | undefined>) =>
    dialer.request(address, code, ext, undefined, 5000)
  return {
    close: () => dialer.close(),
    async pop(pollTime: number): Promise<Popped[]> {
      const reply = await ask(
        RequestCode.POP_MESSAGE,
        writeHeader(popMessageHeader, {
          consumerGroup,
          topic,
          queueId: -1,
          maxMsgNums: 16,
          invisibleTime: INVISIBLE_MS,
          pollTime,
          bornTime: Date.now(),
          initMode: 0,
        }),
      )
      if (reply.code !== 0) return []
      const { startOffsetInfo = '', popTime, invisibleTime, reviveQid } = reply.ext
      const starts = new Map(startOffsetInfo.split(';').map((one) => [one.slice(0, one.lastIndexOf(' ')), one]))
      return decodeRecords(reply.body).map(({ queueId, queueOffset, body, properties }) => {
        const start = starts.get(`0 ${queueId}`)?.split(' ').at(-1)
        const own = `${start} ${popTime} ${invisibleTime} ${reviveQid} 0 broker-a ${queueId} ${queueOffset}`
        const extraInfo = parseProperties(properties).get(Property.popCheckpoint) ?? own
        const from = flaggedTopic(topic, consumerGroup, extraInfo.split(' ')[4])
        if (from === undefined || readReceipt(extraInfo) === undefined) throw new Error(`no receipt: ${extraInfo}`)
        const ack = { consumerGroup, topic: from, queueId, extraInfo, offset: queueOffset }
        return { body: body.toString(), ack: writeHeader(ackMessageHeader, ack) }
      })
    },
    ack: async ({ ack }: Popped): Promise<boolean> => (await ask(RequestCode.ACK_MESSAGE, ack)).code === 0,
  }
}

it.skipIf(KILLS === 0)(
  `no message is lost that was popped when the process was killed (seed ${random.seed})`,
  async () => {
    const ports = await freeClusterPorts()
    const dataDir = temporaryFolder('popped')
    let sent = 0
    const open = new Set<string>()
    for (let kill = 0; kill < KILLS; kill++) {
      const ours = await startOurs({ ...ports, dataDir })
      const wire = openWire(ours.broker)
      if (kill === 0) await wire.createTopic(topic, QUEUES)
      for (let n = 0; n < 100; n++, sent++) open.add((await wire.send(topic, sent % QUEUES, `m${sent}`)).body)
      const popper = openPopper(ours.broker)
      const killed = sleep(random.between(50, 2500)).then(() => ours.child.kill())
      try {
        for (;;) {
          for (const message of await popper.pop(500)) {
            // some it forgets, some it does not come to
            if (random.chance(0.5) && (await popper.ack(message))) open.delete(message.body)
          }
        }
      } catch {
        await killed // the connection went
      }
      popper.close()
      wire.close()
    }
    const ours = await startOurs({ ...ports, dataDir })
    const popper = openPopper(ours.broker)
    const endMs = Date.now() + 60_000
    while (open.size > 0 && Date.now() < endMs) {
      for (const message of await popper.pop(1000)) {
        if (await popper.ack(message)) open.delete(message.body)
      }
    }
    expect([...open]).toEqual([])
    // and when all is done with, nothing comes again, however often
    await sleep(INVISIBLE_MS + 2500)
    for (let quiet = 0; quiet < 5; ) {
      const left = await popper.pop(200)
      quiet = left.length === 0 ? quiet + 1 : 0
      for (const message of left) expect(await popper.ack(message)).toBe(true)
    }
    popper.close()
    await ours.child.stop()
  },
  60_000 + KILLS * 60_000,
)
