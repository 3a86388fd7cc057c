// test/client/two-machines.test.ts: the README's recipe for two machines, run as it stands on two addresses of loopback: what
// stock Java clients notice when one of the machines is lost, and when it comes back.
import { readFileSync } from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { readBody } from '../../broker/protocol/bodies'
import { haRuntimeInfo } from '../../broker/protocol/bodies-admin'
import { RequestCode } from '../../broker/protocol/codes'
import { TestClient } from '../broker/processor/real-broker'
import type { Child } from '../support/children'
import { projectRoot, temporaryFolder } from '../support/folders'
import { javaParts } from '../support/java'
import { freePort } from '../support/ports'
import { launchProgram, type Program } from '../support/rocketdeck'
import { Steady } from '../support/steady'

const parts = await javaParts()
const TOPIC = 'TwoMachinesTopic'

interface Line {
  machine: number
  program: Program
  flags: readonly string[]
}
/** The commands of the README, with addresses, ports and folders of this test. */
function recipe(swaps: Readonly<Record<string, string>>): Line[] {
  const text = readFileSync(join(projectRoot, 'README.md'), 'utf8')
  const [, block = ''] = /two-machines\.test\.ts runs these lines.*?```sh\n(.*?)```/s.exec(text) ?? []
  let machine = 0
  return block.split('\n').flatMap((line) => {
    if (line.startsWith('# on ')) machine += 1
    const [, program, rest = ''] = /^npm run (namesrv|broker) -- (.*)$/.exec(line) ?? []
    if (program !== 'namesrv' && program !== 'broker') return []
    const flags = Object.entries(swaps).reduce((flags, [from, to]) => flags.replaceAll(from, to), rest)
    return [
      {
        machine,
        program,
        flags: flags
          .replaceAll("'", '')
          .replace('--data data/', `--data ${folders[machine - 1]}/`)
          .split(' '),
      },
    ]
  })
}
const folders = [temporaryFolder('machine-1'), temporaryFolder('machine-2')]

const running: { line: Line; child: Child }[] = []
async function start(lines: readonly Line[]): Promise<void> {
  const started = lines.map((line) => ({ line, child: launchProgram(line.program, line.flags) }))
  running.push(...started)
  await Promise.all(started.map(({ child }) => child.line(/^ready in /)))
}
const clients: Child[] = []
afterAll(() => Promise.all([...clients, ...running.map(({ child }) => child)].map((child) => child.kill())))

async function steady(namesrv: string, group: string): Promise<Steady> {
  const client = await Steady.start(namesrv, TOPIC, group)
  clients.push(client.child)
  return client
}
async function eventually(what: string, isSo: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  for (const endMs = Date.now() + timeoutMs; !(await isSo().catch(() => false)); await sleep(50)) {
    if (Date.now() > endMs) throw new Error(`not within ${timeoutMs} ms: ${what}`)
  }
}

it('HA5, HA8, NS2, DP2: either of two machines may be lost: sends go on, and its messages are read from the other', async (context) => {
  if ('missing' in parts) return context.skip(parts.missing)
  if (platform() !== 'linux') return context.skip('127.0.0.2 leads to this machine on Linux alone')
  const port = await freePort([-5, -2, 0, 1, 8, 10, 11])
  const lines = recipe({
    '10.0.0.1': '127.0.0.1',
    '10.0.0.2': '127.0.0.2',
    9876: String(port - 5),
    10911: String(port),
    10921: String(port + 10),
  })
  expect(lines.map(({ program }) => program)).toEqual(['namesrv', 'broker', 'broker', 'namesrv', 'broker', 'broker'])
  const of = (machine: number) => lines.filter((line) => line.machine === machine)
  const namesrv = `127.0.0.1:${port - 5};127.0.0.2:${port - 5}`
  const [a, b] = [new TestClient(`127.0.0.1:${port}`), new TestClient(`127.0.0.2:${port}`)]
  const joined = async (one: TestClient) => {
    const { inSyncSlaveNums, haConnectionInfo } = readBody(
      haRuntimeInfo,
      (await one.ask(RequestCode.GET_BROKER_HA_STATUS)).body,
    )
    return inSyncSlaveNums === 1 && haConnectionInfo[0]?.diff === 0
  }
  await start(lines)
  for (const one of [a, b]) {
    const topic = {
      topic: TOPIC,
      defaultTopic: 'TBW102',
      readQueueNums: '4',
      writeQueueNums: '4',
      perm: '6',
      topicFilterType: 'SINGLE_TAG',
      topicSysFlag: '0',
      order: 'false',
    }
    expect((await one.ask(RequestCode.UPDATE_AND_CREATE_TOPIC, topic)).code).toBe(0)
    await eventually('each master has its slave', () => joined(one))
  }

  const first = await steady(namesrv, 'first')
  first.load()
  await eventually('both masters take messages', async () => {
    const { brokers } = await first.status()
    return (brokers['broker-a'] ?? 0) > 100 && (brokers['broker-b'] ?? 0) > 100
  })
  first.child.write('rest\n')
  await eventually('the slave has all of it', async () => (await joined(a)) && (await first.status()).missing === 0)
  const before = await first.status()
  await a.pull('second', TOPIC, 0) // makes the group
  // the slave has asked for the master's topics by then: a topic that is new is known there 5 s later
  const slave = new TestClient(`127.0.0.2:${port + 10}`)
  await eventually('the slave knows the topic', async () => (await slave.pull('probe', TOPIC, 0)).code === 0)

  // the first machine is lost: a name server, a master, and the other master's slave
  await Promise.all(running.splice(0, 3).map(({ child }) => child.kill()))
  first.load()
  await eventually('sends go on', async () => (await first.status()).sent > before.sent + 300)
  first.child.write('rest\n')
  const without = await first.status()
  expect(without.failed, first.child.output).toBe(0)
  expect((without.brokers['broker-b'] ?? 0) - (before.brokers['broker-b'] ?? 0)).toBeGreaterThan(250)

  // whoever begins to read now reads what the lost master took from its slave
  // a stock consumer whose first choice of the list is dead ends with an error: this one is told the other
  const second = await steady(`127.0.0.2:${port - 5}`, 'second')
  await eventually('all of both masters is read', async () => (await second.status()).received >= without.sent)
  await second.child.kill()
  const place = { consumerGroup: 'second', topic: TOPIC, queueId: '0' }
  const { code } = await slave.ask(RequestCode.UPDATE_CONSUMER_OFFSET, { ...place, commitOffset: '7' })
  expect(code).toBe(0)

  // the machine is back: the master hears what was committed at its slave
  await start(of(1))
  await eventually('the master has the offset', async () => {
    const { ext } = await a.ask(RequestCode.QUERY_CONSUMER_OFFSET, place)
    return ext.offset === '7'
  })
  for (const one of [a, b, slave]) one.close()
}, 180_000)
