// test/long/redrive.test.ts: a redrive of many dead letters by a console in a process of its own, killed in the middle and
// started again: each message lies once where it was to go, and the job has a result for each.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { openDialer } from '../../broker/net/dial'
import { RequestCode } from '../../broker/protocol/codes'
import { sendMessageV2Header, writeHeader } from '../../broker/protocol/headers'
import { parseProperties } from '../../broker/protocol/properties'
import { openConsole } from '../support/console-process'
import { temporaryFolder } from '../support/folders'
import { startOurs } from '../support/rocketdeck'
import { openWire } from '../support/wire'

const COUNT = Number(process.env.ROCKETDECK_DEAD ?? 100_000)
const KILLS = 3
const GROUP = 'GID_redrive'
const QUEUES = 4

it(`RT10: ${COUNT} dead letters, killed ${KILLS} times in the middle: each is put back once`, {
  timeout: 3_000_000,
}, async () => {
  const ours = await startOurs()
  const wire = openWire(ours.broker)
  const dialer = openDialer()
  const dataDir = temporaryFolder('redrive')
  try {
    for (const topic of ['Orders', `%DLQ%${GROUP}`, `%RETRY%${GROUP}`]) await wire.createTopic(topic, QUEUES)
    let next = 0
    await Promise.all(
      Array.from({ length: 64 }, async () => {
        for (let at = next++; at < COUNT; at = next++) {
          const ext = writeHeader(sendMessageV2Header, {
            ...{ a: 'testers', b: `%DLQ%${GROUP}`, c: 'TBW102', d: 4, e: at % QUEUES, f: 0, g: Date.now(), h: 0 },
            i: `UNIQ_KEY\u0001U${at}\u0002RETRY_TOPIC\u0001Orders\u0002KEYS\u0001k${at}`,
          })
          await dialer.request(ours.broker, RequestCode.SEND_MESSAGE_V2, ext, Buffer.from(`body ${at}`), 30_000)
        }
      }),
    )
    let open = await openConsole(ours.namesrv, dataDir)
    await open.setUp('root', 'a long enough one')
    const [cluster] = await open.api.cluster.list.query()
    const at = { cluster: cluster?.id ?? '', group: GROUP }
    const began = Date.now()
    const shown = await open.api.dead.redrivePreview.query({ ...at, select: { kind: 'all' }, target: 'origin' })
    console.log(`preview of ${shown.sends} in ${Date.now() - began} ms`)
    expect(shown).toMatchObject({ sends: COUNT, more: false })
    const job = await open.api.dead.redrive.mutate({ ...at, preview: shown.id, confirm: GROUP })
    for (let kill = 1; ; ) {
      const { counts, state, perSecond } = await open.api.job.get.query({ cluster: at.cluster, job: job.id })
      if (state !== 'running') break
      if (kill <= KILLS && counts.done > (COUNT * kill) / (KILLS + 1)) {
        open.end()
        await open.child.exited
        console.log(`killed at ${counts.done}, ${Math.round(perSecond ?? 0)}/s`)
        kill += 1
        open = await openConsole(ours.namesrv, dataDir)
        await open.api.auth.login.mutate({ name: 'root', password: 'a long enough one' })
      }
      await sleep(50)
    }
    const { counts, state } = await open.api.job.get.query({ cluster: at.cluster, job: job.id })
    console.log(`${state} after ${Date.now() - began} ms: ${JSON.stringify(counts)}`)
    expect({ state, done: counts.done }).toEqual({ state: 'done', done: COUNT })
    open.end()
    await open.child.exited

    const times = new Map<string, number>()
    for (let queueId = 0; queueId < QUEUES; queueId++)
      for (const record of await wire.readAll('Orders', queueId)) {
        const key = parseProperties(record.properties).get('UNIQ_KEY') ?? ''
        times.set(key, (times.get(key) ?? 0) + 1)
      }
    expect({ distinct: times.size, most: Math.max(...times.values()) }).toEqual({ distinct: COUNT, most: 1 })
  } finally {
    wire.close()
    dialer.close()
    await ours.child.stop()
  }
})
