// test/fault/process-acting-kill.test.ts: HA5: a master is gone for good, its slave acts in its place and is killed while what
// is due escapes to another master: nothing that was acknowledged is lost, and what comes twice had escaped before the kill.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { RequestCode, ResponseCode } from '../../broker/protocol/codes'
import { SystemTopic } from '../../broker/protocol/names'
import { TestClient } from '../broker/processor/real-broker'
import { createTopic, eventually, isCopied, openHouse, quickActing, textsIn } from '../support/acting-house'
import { temporaryFolder } from '../support/folders'
import { freePort } from '../support/ports'
import { startOurBroker } from '../support/rocketdeck'

const TOPIC = 'Escaping'
const names = (kind: string, count: number) => Array.from({ length: count }, (_, n) => `${kind} ${n}`)
const plain = names('plain', 20)
const delayed = names('delayed', 100)
const timed = names('timed', 200)
const halves = names('half', 20)

it('HA5: delayed, timed and prepared messages outlive their master and the kill of the slave that acts for it', async () => {
  const ends: (() => Promise<unknown> | unknown)[] = []
  onTestFinished(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })
  const house = await openHouse(ends)
  const [master, other] = await Promise.all([
    house.open('broker-a', 0, { transactionTimeOut: '600000' }), // it asks nobody itself
    house.open('broker-b', 0),
  ])
  await createTopic(master, TOPIC)
  await createTopic(other, TOPIC)
  const flags = Object.entries({ ...quickActing, brokerName: 'broker-a', brokerId: '1', brokerRole: 'SLAVE' })
  const begin = { port: await freePort([-2, 0, 1]), dataDir: temporaryFolder('acting') }
  const startSlave = async () => {
    const sets = flags.flatMap(([key, value]) => ['--set', `${key}=${value}`])
    const { child } = await startOurBroker({ namesrv: house.namesrv, flags: sets, ...begin })
    ends.push(() => child.kill())
    return child
  }
  const first = await startSlave()
  const slave = { client: new TestClient(`127.0.0.1:${begin.port}`) }
  ends.push(() => slave.client.close())
  await eventually(
    'it knows the topic',
    async () => (await slave.client.pull('G', TOPIC, 0)).code !== ResponseCode.TOPIC_NOT_EXIST,
  )

  const born = Date.now()
  const send = async (body: string, properties: Record<string, string>, ext = {}) => {
    const reply = await master.client.send({ topic: TOPIC, body, properties: { UNIQ_KEY: body, ...properties }, ext })
    expect(reply.code).toBe(ResponseCode.SUCCESS)
  }
  await Promise.all([
    ...plain.map((body) => send(body, {})),
    ...timed.map((body, n) => send(body, { TIMER_DELIVER_MS: String(born + 1000 + 5 * n) })),
    ...halves.map((body) => send(body, { TRAN_MSG: 'true', PGROUP: 'PG' }, { f: '4', g: String(born) })),
    ...delayed.map((body) => send(body, { DELAY: '1' })),
  ])
  await eventually('the slave has all of it', () => isCopied(master), [master])
  await master.stop()

  const atOther = async () => [...(await textsIn(other, TOPIC)), ...(await textsIn(other, SystemTopic.transactionHalf))]
  await eventually('something has escaped', async () => (await atOther()).length > 0, [other])
  await first.kill()
  let before = new Set<string>()
  // what was on its way when it was killed still arrives
  for (let seen = -1; seen < before.size; await sleep(300)) {
    seen = before.size
    before = new Set(await atOther())
  }

  const producer = new TestClient(other.address)
  ends.push(() => producer.close())
  await producer.heartbeat('producer@1', [], ['PG'])
  await startSlave()
  const answered = new Set<string | undefined>()
  const there = async () => [...(await textsIn(slave, TOPIC)), ...(await textsIn(other, TOPIC))]
  await eventually('all is there', async () => {
    for (const { code, ext } of producer.told.splice(0)) {
      const { tranStateTableOffset, commitLogOffset } = ext
      if (code !== RequestCode.CHECK_TRANSACTION_STATE || answered.has(tranStateTableOffset)) continue
      answered.add(tranStateTableOffset)
      const place = { tranStateTableOffset, commitLogOffset, msgId: '', fromTransactionCheck: 'true' }
      await producer.ask(RequestCode.END_TRANSACTION, { producerGroup: 'PG', ...place, commitOrRollback: '8' })
    }
    const texts = new Set(await there())
    return [plain, delayed, timed, halves].every((all) => all.every((text) => texts.has(text)))
  }, [other])
  const counts = new Map<string, number>()
  for (const text of await there()) counts.set(text, (counts.get(text) ?? 0) + 1)
  // a producer that is asked twice may commit twice
  const more = [...counts].filter(([text, count]) => count > (before.has(text) ? 2 : 1) && !text.startsWith('half'))
  expect(more).toEqual([])
}, 240_000)
