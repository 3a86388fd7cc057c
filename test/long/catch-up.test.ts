// test/long/catch-up.test.ts: what a slave that is far behind costs its master. Master, slave and the sender are processes of
// their own. Printed: how fast an empty slave copies beside a plain copy of the same files over loopback, the p99 of a
// steady sender without and beside it, and how old the oldest bytes get that a slave lacks under full load. `--mib N`.
import { fork } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { readBody } from '../../broker/protocol/bodies'
import { haRuntimeInfo } from '../../broker/protocol/bodies-admin'
import { RequestCode, ResponseCode } from '../../broker/protocol/codes'
import { TestClient } from '../broker/processor/real-broker'
import { projectRoot, removeFolder, temporaryFolder } from '../support/folders'
import { percentiles } from '../support/percentiles'
import { startOurBroker, startOurNamesrv } from '../support/rocketdeck'

const MIB = Number(process.env.ROCKETDECK_MIB ?? 1024)
const SECONDS = Number(process.env.ROCKETDECK_SECONDS ?? 15)
const TOPIC = 'Behind'
const sets = (properties: Record<string, string>): string[] =>
  Object.entries(properties).flatMap(([key, value]) => ['--set', `${key}=${value}`])

const status = async (client: TestClient) =>
  readBody(haRuntimeInfo, (await client.ask(RequestCode.GET_BROKER_HA_STATUS)).body)
const isDone = ({ code }: { code: number }): boolean => code === ResponseCode.SUCCESS

async function fill(client: TestClient, bytes: number): Promise<void> {
  const body = Buffer.alloc(32 * 1024, 7)
  let left = Math.ceil(bytes / body.length)
  const one = async (): Promise<void> => {
    while (left-- > 0) while (!isDone(await client.send({ topic: TOPIC, queueId: left % 4, body }))) await sleep(10)
  }
  await Promise.all(Array.from({ length: 16 }, one))
}
/** 1 KiB every 5 ms, until it is over. */
async function steady(client: TestClient, isOver: () => boolean) {
  const body = Buffer.alloc(1024, 1)
  const times: number[] = []
  const sends: Promise<void>[] = []
  while (!isOver()) {
    const fromMs = performance.now()
    sends.push(client.send({ topic: 'Steady', body }).then(() => void times.push(performance.now() - fromMs)))
    await sleep(5)
  }
  await Promise.all(sends)
  return { ...percentiles(times), sends: times.length }
}
/** Seconds that a process of its own takes to receive these files over a socket and write them. */
async function plainCopy(folder: string): Promise<number> {
  const target = temporaryFolder('copied')
  const child = fork(join(projectRoot, 'test/support/file-receiver.mjs'), [folder, target], { stdio: 'inherit' })
  const seconds = await new Promise<number>((resolve, reject) => {
    child.once('message', (said) => resolve(Number(said)))
    child.once('exit', () => reject(new Error('the copy ended early')))
  })
  removeFolder(target)
  return seconds
}

it(`HA2: an empty slave copies ${MIB} MiB beside a steady sender`, async () => {
  const namesrv = await startOurNamesrv()
  onTestFinished(() => namesrv.child.kill())
  const flags = sets({ brokerName: 'broker-a', mappedFileSizeCommitLog: String(64 * 1024 * 1024) })
  const ours = await startOurBroker({ namesrv: namesrv.address, flags })
  onTestFinished(() => ours.child.kill())
  const [client, sender] = [new TestClient(ours.address), new TestClient(ours.address)]
  onTestFinished(() => client.close())
  onTestFinished(() => sender.close())
  await fill(client, MIB * 1024 * 1024)
  const untilMs = (ms: number) => {
    const endMs = performance.now() + ms
    return () => performance.now() > endMs
  }
  await steady(sender, untilMs(3000)) // warm
  const alone = await steady(sender, untilMs(SECONDS * 1000))

  const folder = join(ours.dataDir, 'broker-a-0', 'commitlog')
  const copies = [await plainCopy(folder), await plainCopy(folder)]
  const files = readdirSync(folder).filter((name) => /^\d{20}$/.test(name)).length
  const copied = (files * 64) / Math.min(...copies)

  const before = (await status(client)).masterCommitLogMaxOffset
  const role = { brokerRole: 'SLAVE', brokerId: '1' }
  let slave: Awaited<ReturnType<typeof startOurBroker>> | undefined
  let over = false
  const beside = steady(sender, () => over)
  slave = await startOurBroker({ namesrv: namesrv.address, flags: [...flags, ...sets(role)] })
  onTestFinished(() => slave?.child.kill())
  let beganMs: number | undefined
  let seconds = 0
  for (const endMs = performance.now() + 600_000; seconds === 0; await sleep(20)) {
    const [one] = (await status(client)).haConnectionInfo
    if (one === undefined) continue
    beganMs ??= performance.now()
    if (one.slaveAckOffset >= before) seconds = (performance.now() - beganMs) / 1000
    expect(performance.now(), `the slave is ${one.diff} behind`).toBeLessThan(endMs)
  }
  over = true
  const during = await beside
  const caughtUp = before / 1024 / 1024 / seconds

  // as fast as it goes, while the lag is asked for
  let isLoading = true
  let most = 0
  let sent = 0
  const load = Array.from({ length: 64 }, async () => {
    while (isLoading) {
      await sender.send({ topic: 'Full', queueId: sent % 4, body: Buffer.alloc(1024, 2) })
      sent += 1
    }
  })
  const fromMs = performance.now()
  let asked = 0
  while (performance.now() - fromMs < SECONDS * 1000) {
    const [one] = (await status(client)).haConnectionInfo
    most = Math.max(most, one?.behindMs ?? 0)
    asked += 1
    await sleep(50)
  }
  isLoading = false
  await Promise.all(load)
  const round = (value: number): number => Math.round(value * 100) / 100
  console.log(
    `plain copy ${round(copied)} MiB/s, catch-up ${round(caughtUp)} MiB/s: ${round(caughtUp / copied)}\n` +
      `steady sender: p50 ${alone.p50} p99 ${alone.p99} ms alone (${alone.sends} sends), ` +
      `p50 ${during.p50} p99 ${during.p99} ms beside (${during.sends}): p99 ${round(during.p99 / alone.p99)} times\n` +
      `full load: ${Math.round(sent / SECONDS)} sends a second of 1 KiB, ` +
      `the slave at most ${most} ms behind (asked ${asked} times)`,
  )
  expect(sent).toBeGreaterThan(0)
  expect(during.sends).toBeGreaterThan(0)
}, 1_800_000)
