// test/long/replication.test.ts: one HA protocol, under load and over a link that is cut again and again: ours with ours, ours
// with Apache's slave, Apache's master with ours, and the road out: a store of ours is replicated to an Apache broker, which
// then is the master. Commit logs are compared byte for byte up to what the slave confirmed. `--messages N --cuts N --pairs LIST`.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { readBody } from '../../broker/protocol/bodies'
import { haRuntimeInfo } from '../../broker/protocol/bodies-admin'
import { RequestCode, ResponseCode } from '../../broker/protocol/codes'
import { parseProperties } from '../../broker/protocol/properties'
import { decodeRecords } from '../../broker/protocol/record'
import { type Send, TestClient } from '../broker/processor/real-broker'
import { eventually } from '../support/auto-cluster'
import { type JavaParts, javaParts } from '../support/java'
import { freePort } from '../support/ports'
import { seeded } from '../support/random'
import { startReferenceBroker } from '../support/reference'
import { startOurBroker, startOurNamesrv } from '../support/rocketdeck'
import { openWire, type Wire } from '../support/tcp-proxy'

const MESSAGES = Number(process.env.ROCKETDECK_MESSAGES ?? 200_000)
const CUTS = Number(process.env.ROCKETDECK_CUTS ?? 20)
const SEED = Number(process.env.ROCKETDECK_SEED ?? 6)
const PAIRS = (process.env.ROCKETDECK_PAIRS ?? 'ours-ours,ours-Apache,Apache-ours,ours-Apache-moved').split(',')
const TOPIC = 'Replicated'
const QUEUES = 4
const IN_FLIGHT = 32
const segmentBytes = 16 * 1024 * 1024
const common: Record<string, string> = {
  mappedFileSizeCommitLog: String(segmentBytes),
  maxMessageSize: '131072',
  slaveReadEnable: 'true',
  brokerName: 'broker-a',
  messageDelayLevel: '1s 5s 10s 30s 150s',
  diskMaxUsedSpaceRatio: '95',
}
const sets = (properties: Record<string, string>): string[] =>
  Object.entries(properties).flatMap(([key, value]) => ['--set', `${key}=${value}`])

type Kind = 'ours' | 'Apache'
interface Broker {
  readonly address: string
  readonly storeDir: string
  readonly client: TestClient
  stop(): Promise<void>
}
async function start(kind: Kind, jars: JavaParts, namesrv: string, more: Record<string, string>, storeDir?: string) {
  const id = more.brokerId ?? '0'
  const properties = { ...common, ...more }
  let broker: Broker
  if (kind === 'ours') {
    const port = await freePort([-2, 0, 1])
    const ours = await startOurBroker({ namesrv, port, flags: sets(properties) })
    const stop = async () => void (await ours.child.stop(60_000))
    broker = {
      address: ours.address,
      storeDir: join(ours.dataDir, `broker-a-${id}`),
      client: new TestClient(ours.address),
      stop,
    }
    onTestFinished(() => ours.child.kill())
  } else {
    if ('missing' in jars) throw new Error(jars.missing)
    const at = storeDir === undefined ? {} : { storeDir }
    const theirs = await startReferenceBroker(jars, { namesrv, id: Number(id), properties, ...at })
    broker = {
      address: theirs.address,
      storeDir: theirs.storeDir,
      client: new TestClient(theirs.address),
      stop: () => theirs.stop(true),
    }
    onTestFinished(() => theirs.child.kill())
  }
  onTestFinished(() => broker.client.close())
  return broker
}
const haPortOf = ({ address }: Broker): number => Number(address.slice(address.lastIndexOf(':') + 1)) + 1

const statusOf = async ({ client }: Broker) =>
  readBody(haRuntimeInfo, (await client.ask(RequestCode.GET_BROKER_HA_STATUS)).body)
/** How far the slave has confirmed, once that is all there is. */
async function confirmedAll(master: Broker): Promise<number> {
  let end = 0
  await eventually('the slave has confirmed everything', 300_000, async () => {
    const { masterCommitLogMaxOffset, haConnectionInfo } = await statusOf(master)
    end = masterCommitLogMaxOffset
    return end > 0 && haConnectionInfo.length === 1 && haConnectionInfo[0]?.slaveAckOffset === end
  })
  return end
}

/** One that the broker was too busy to look at is sent again. */
async function send(client: TestClient, message: Send): Promise<void> {
  for (;;) {
    const { code, remark } = await client.send(message)
    if (code === ResponseCode.SUCCESS) return
    if (code !== ResponseCode.SYSTEM_BUSY) throw new Error(`a send ended with ${code} ${remark}`)
    await sleep(10)
  }
}
async function sendMany(client: TestClient, from: number, to: number): Promise<void> {
  let next = from
  const one = async (): Promise<void> => {
    while (next < to) {
      const number = next++
      const body = Buffer.alloc(200 + (number % 7) * 100, number % 251)
      const properties = { KEYS: `k${number}`, TAGS: 'A', UNIQ_KEY: `U${number}` }
      await send(client, { topic: TOPIC, queueId: number % QUEUES, body, properties })
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, one))
}

/** Load in as many pieces as there are cuts, each with a cut in its middle; the next one waits until bytes come again. */
async function loadOverCuts(master: Broker, wire: Wire, random: ReturnType<typeof seeded>): Promise<void> {
  const piece = Math.ceil(MESSAGES / CUTS)
  for (let cut = 0; cut < CUTS; cut++) {
    const loading = sendMany(master.client, cut * piece, Math.min(MESSAGES, (cut + 1) * piece))
    await sleep(random.between(0, 400))
    if (random.chance(0.5)) {
      wire.hold(true) // a dead link that nobody is told of
      await sleep(random.between(0, 800))
      wire.hold(false)
    }
    wire.cutNow() // a byte may have been swallowed or a frame torn: no connection goes on
    const { dialled, carried } = wire
    await loading
    await eventually('the slave is back', 120_000, async () => wire.dialled > dialled && wire.carried > carried)
  }
}

const logFiles = (storeDir: string): string[] =>
  readdirSync(join(storeDir, 'commitlog'))
    .filter((name) => /^\d{20}$/.test(name))
    .sort()
/** File by file: both together need not fit into memory. */
function expectSameLogs(one: string, other: string, upTo: number): void {
  let compared = 0
  for (const name of logFiles(one)) {
    const end = Math.min(segmentBytes, upTo - Number(name))
    if (end <= 0) break
    const [a, b] = [one, other].map((dir) => readFileSync(join(dir, 'commitlog', name)).subarray(0, end))
    expect(a?.length).toBe(end)
    expect(b !== undefined && a?.equals(b), `${name} differs before ${upTo}`).toBe(true)
    compared += end
  }
  expect(compared).toBe(upTo)
}
const endsOf = ({ client }: Broker): Promise<number[]> =>
  Promise.all(
    Array.from({ length: QUEUES }, async (_, queueId) => {
      const { ext } = await client.ask(RequestCode.GET_MAX_OFFSET, { topic: TOPIC, queueId: String(queueId) })
      return Number(ext.offset)
    }),
  )
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
const createTopic = ({ client }: Broker) =>
  client.ask(RequestCode.UPDATE_AND_CREATE_TOPIC, {
    ...{ topic: TOPIC, defaultTopic: 'TBW102', readQueueNums: String(QUEUES), writeQueueNums: String(QUEUES) },
    ...{ perm: '6', topicFilterType: 'SINGLE_TAG', topicSysFlag: '0', order: 'false' },
  })

async function pair(masterKind: Kind, slaveKind: Kind, jars: JavaParts) {
  const namesrv = await startOurNamesrv()
  onTestFinished(() => namesrv.child.kill())
  const master = await start(masterKind, jars, namesrv.address, { brokerRole: 'ASYNC_MASTER' })
  await createTopic(master)
  const wire = await openWire(() => haPortOf(master))
  onTestFinished(() => wire.close())
  const role = { brokerRole: 'SLAVE', brokerId: '1', haMasterAddress: wire.address }
  const slave = await start(slaveKind, jars, namesrv.address, role)
  if (slaveKind === 'Apache') {
    // 5.5.0 reads haMasterAddress before its HA client is there, and forgets it: it is told once more
    const at = { masterHaAddress: wire.address, masterAddress: master.address, masterFlushOffset: '0' }
    expect((await slave.client.ask(RequestCode.EXCHANGE_BROKER_HA_INFO, at)).code).toBe(ResponseCode.SUCCESS)
  }
  await send(master.client, { topic: TOPIC, body: 'first' })
  await confirmedAll(master)
  const fromMs = performance.now()
  await loadOverCuts(master, wire, seeded(SEED))
  const end = await confirmedAll(master)
  const seconds = Math.round((performance.now() - fromMs) / 1000)
  expectSameLogs(master.storeDir, slave.storeDir, end)
  const MiB = Math.round(end / 1024 / 1024)
  console.log(
    `${masterKind} to ${slaveKind}: ${MESSAGES} messages, ${CUTS} cuts, the slave dialled ${wire.dialled} times, ${seconds} s; ` +
      `${MiB} MiB the same byte for byte up to ${end} (seed ${SEED})`,
  )
  expect(wire.dialled).toBeGreaterThan(CUTS)
  expect(sum(await endsOf(master))).toBe(MESSAGES + 1)
  return { namesrv, master, slave, end }
}

const known: Record<string, readonly [Kind, Kind]> = {
  'ours-ours': ['ours', 'ours'],
  'ours-Apache': ['ours', 'Apache'],
  'Apache-ours': ['Apache', 'ours'],
}
const limit = { timeout: 300_000 + CUTS * 30_000 + MESSAGES * 5 }

it.for(PAIRS.filter((name) => name in known))(
  `HA2: ${MESSAGES} messages under load, the link cut ${CUTS} times: %s`,
  limit,
  async (name, context) => {
    const jars = await javaParts()
    const [masterKind, slaveKind] = known[name] ?? ['ours', 'ours']
    if ('missing' in jars && name !== 'ours-ours') return context.skip(jars.missing)
    const { master, slave } = await pair(masterKind, slaveKind, jars)
    // Apache's slave asks for the topics once a minute
    await eventually('the slave has all queues', 120_000, async () => sum(await endsOf(slave)) === MESSAGES + 1)
    expect(await endsOf(slave)).toEqual(await endsOf(master))
  },
)

it.runIf(PAIRS.includes('ours-Apache-moved'))(
  `HA2: the road out: ${MESSAGES} messages replicated to an Apache broker, which then is the master`,
  limit,
  async (context) => {
    const jars = await javaParts()
    if ('missing' in jars) return context.skip(jars.missing)
    const { namesrv, master, slave } = await pair('ours', 'Apache', jars)
    const place = { consumerGroup: 'movers', topic: TOPIC, queueId: '2' }
    await master.client.pull('movers', TOPIC, 0) // makes the group
    await master.client.ask(RequestCode.UPDATE_CONSUMER_OFFSET, { ...place, commitOffset: '4321' })
    await send(master.client, { topic: TOPIC, body: 'was due', properties: { DELAY: '1', UNIQ_KEY: 'UW' } })
    await send(master.client, { topic: TOPIC, body: 'is due later', properties: { DELAY: '5', UNIQ_KEY: 'UL' } })
    await eventually('the first is delivered', 60_000, async () => sum(await endsOf(master)) === MESSAGES + 2)
    // offsets and delay positions come with the slave's tables
    const levels = async (): Promise<string> =>
      (await slave.client.ask(RequestCode.GET_ALL_DELAY_OFFSET)).body.toString('utf8')
    await eventually('the slave has the offset and the delay position', 150_000, async () => {
      const { ext } = await slave.client.ask(RequestCode.QUERY_CONSUMER_OFFSET, place)
      return ext.offset === '4321' && /"?1"?:1\b/.test(await levels())
    })
    const end = await confirmedAll(master)
    await master.stop()
    await slave.stop()
    expectSameLogs(master.storeDir, slave.storeDir, end)
    const role = { brokerRole: 'ASYNC_MASTER', brokerId: '0' }
    const moved = await start('Apache', jars, namesrv.address, role, slave.storeDir)
    const offset = await moved.client.ask(RequestCode.QUERY_CONSUMER_OFFSET, place)
    expect(offset.ext.offset).toBe('4321')
    const isDelivered = async () => sum(await endsOf(moved)) >= MESSAGES + 3
    await eventually('what is due later is delivered', 240_000, isDelivered)
    const keys = new Set<string>()
    let due = 0
    for (let queueId = 0; queueId < QUEUES; queueId++) {
      for (let next = 0; ; ) {
        const reply = await moved.client.pull('movers', TOPIC, next, { queueId: String(queueId) })
        if (reply.code !== ResponseCode.SUCCESS) break
        for (const { properties, body } of decodeRecords(reply.body)) {
          const key = parseProperties(properties).get('KEYS')
          if (key !== undefined) keys.add(key)
          else if (['was due', 'is due later'].includes(body.toString('utf8'))) due += 1
        }
        next = Number(reply.ext.nextBeginOffset)
      }
    }
    expect([keys.size, due]).toEqual([MESSAGES, 2])
    await send(moved.client, { topic: TOPIC, body: 'goes on' })
    console.log(`moved: ${keys.size} messages, the offset, and what waited for its time, each once`)
  },
)
