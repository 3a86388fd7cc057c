// test/server/alarms/causes.test.ts: every default rule fires when its cause is there: brokers, name servers and clients that
// really do what the rule is about. Thresholds and waits are smaller than those that people get; nothing else differs.
import { readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDialer } from '../../../broker/net/dial'
import type { Dialer } from '../../../broker/net/types'
import { heartbeatData, writeBody } from '../../../broker/protocol/bodies'
import { RequestCode } from '../../../broker/protocol/codes'
import { parseOffsetId } from '../../../broker/protocol/message-id'
import { writeProperties } from '../../../broker/protocol/properties'
import { parseTagExpression } from '../../../broker/protocol/subscription'
import { type ConsoleHandle, createConsole } from '../../../server/console'
import { type AlarmMetricName, alarmMetrics, defaultRules } from '../../../server/shared/alarms'
import type { ClusterDesk } from '../../../server/shared/desk'
import { publishedConsole } from '../../../server/trpc/context'
import type { Child } from '../../support/children'
import { temporaryFolder } from '../../support/folders'
import { startOurBroker, startOurNamesrv } from '../../support/rocketdeck'
import { openWire, type Wire } from '../../support/wire'

const TURN_MS = 200
const WAIT_MS = 120_000
const HOUR_MS = 3_600_000
const TOPIC = 'causes'
/** What a figure must be over here; the others keep the threshold that people get. */
const smaller: Partial<Record<AlarmMetricName, number>> = {
  behind: 500,
  lag: 10,
  queueBlocked: 500,
  retryGrowth: 2,
  disk: 0.0001,
  slaveBehind: 300_000,
  putP99: 0,
  timerLate: 1000,
  halfAge: 3000,
}
/**
 * Another master needs a controller that elects it: master-changed.test.ts. A busy page cache needs a disk that lets writes
 * wait: page-cache.test.ts.
 */
const others: readonly AlarmMetricName[] = ['masterChanged', 'pageCacheBusy']

let namesrv: Awaited<ReturnType<typeof startOurNamesrv>>
let second: Awaited<ReturnType<typeof startOurNamesrv>>
let master: Awaited<ReturnType<typeof startOurBroker>>
let slave: Awaited<ReturnType<typeof startOurBroker>>
let handle: ConsoleHandle
let wire: Wire
let dialer: Dialer
const children: Child[] = []
const consoleLog: string[] = []

const cluster = (): ClusterDesk => {
  const found = publishedConsole()?.clusters.get('c')
  if (found === undefined) throw new Error('the cluster is not there')
  return found
}
const firing = async (): Promise<string[]> =>
  (await cluster().alarms.board()).firing.map(({ metric, subject }) => `${metric} ${subject}`)
const until = async (what: readonly string[]): Promise<void> => {
  const end = Date.now() + WAIT_MS
  for (;;) {
    const found = await firing()
    const missing = what.filter((one) => !found.includes(one))
    if (missing.length === 0) return
    if (Date.now() > end)
      throw new Error(
        `not within ${WAIT_MS / 1000} s: ${missing.join(', ')}\n${found.join(', ')}\n${consoleLog.join('\n')}`,
      )
    await new Promise((next) => setTimeout(next, 100))
  }
}
const ask = async (code: number, ext: Record<string, string>, body?: Buffer) => {
  const reply = await dialer.request(master.address, code, ext, body, 20_000)
  if (reply.code !== 0) throw new Error(`code ${reply.code}: ${reply.remark}`)
  return reply
}
const send = (body: string, properties: Record<string, string> = {}) =>
  ask(
    RequestCode.SEND_MESSAGE_V2,
    {
      a: 'P',
      b: TOPIC,
      c: 'TBW102',
      d: '4',
      e: '0',
      f: '0',
      g: String(Date.now()),
      h: '0',
      i: writeProperties(Object.entries(properties)),
    },
    Buffer.from(body),
  )
/** A consumer that is there, and does nothing about what it gets. */
const heartbeat = (groupName: string) =>
  ask(
    RequestCode.HEART_BEAT,
    {},
    writeBody(heartbeatData, {
      clientID: `${groupName}-client`,
      consumerDataSet: [
        {
          groupName,
          consumeFromWhere: 'CONSUME_FROM_FIRST_OFFSET',
          consumeType: 'CONSUME_PASSIVELY',
          messageModel: 'CLUSTERING',
          subscriptionDataSet: [parseTagExpression(TOPIC, '*', 1)],
          unitMode: false,
        },
      ],
      heartbeatFingerprint: 0,
      producerDataSet: [],
      withoutSub: false,
    }),
  )
/** The oldest files of the log are older than they are kept, and the broker is asked to let them go. */
const letGo = async () => {
  const folder = join(master.dataDir, 'broker-a-0', 'commitlog')
  const old = new Date(Date.now() - 2 * HOUR_MS)
  for (const name of readdirSync(folder).sort().slice(0, 2)) utimesSync(join(folder, name), old, old)
  await ask(RequestCode.DELETE_EXPIRED_COMMITLOG, {})
}
const sendBack = async (group: string, ext: Record<string, string> = {}) => {
  const sent = await send(`for ${group}`)
  const { commitLogOffset } = parseOffsetId(sent.ext.msgId ?? '')
  await ask(RequestCode.CONSUMER_SEND_MSG_BACK, {
    offset: String(commitLogOffset),
    group,
    delayLevel: '0',
    originTopic: TOPIC,
    ...ext,
  })
}

beforeAll(async () => {
  ;[namesrv, second] = await Promise.all([startOurNamesrv(), startOurNamesrv()])
  children.push(namesrv.child, second.child)
  const start = async (set: Record<string, string>) => {
    const broker = await startOurBroker({
      namesrv: `${namesrv.address};${second.address}`,
      flags: Object.entries(set).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
    })
    children.push(broker.child)
    return broker
  }
  ;[master, slave] = await Promise.all([
    start({
      brokerName: 'broker-a',
      mappedFileSizeCommitLog: '262144',
      fileReservedTime: '1',
      maxMessageSize: '65536',
      messageDelayLevel: '1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s',
      transactionCheckInterval: '1000',
      transactionTimeOut: '500',
      transactionCheckMax: '1000',
      timerStopDequeue: 'true', // a wheel that does not turn
      haFlowControlEnable: 'true',
      // A slave on a slow line: it stays behind for minutes, also where each turn takes its time.
      maxHaTransferByteInSecond: '4000',
      haTransferBatchSize: '2048',
    }),
    start({
      brokerName: 'broker-a',
      brokerId: '1',
      brokerRole: 'SLAVE',
      mappedFileSizeCommitLog: '262144',
      maxMessageSize: '65536',
    }),
  ])
  wire = openWire(master.address)
  dialer = openDialer()
  await wire.createTopic(TOPIC, 1)
  handle = await createConsole({
    dataDir: temporaryFolder('causes'),
    clusters: [{ id: 'c', name: 'C', namesrv: [namesrv.address, second.address] }],
    host: '127.0.0.1',
    port: 1,
    turnMs: TURN_MS,
    databaseThread: false,
    log: (level, text) => void (level === 'debug' || consoleLog.push(`${level} ${text}`)),
  })
  for (const { id } of await cluster().alarms.rules()) await cluster().alarms.removeRule(id)
  for (const rule of defaultRules)
    await cluster().alarms.putRule(undefined, {
      ...rule,
      value: smaller[rule.metric] ?? rule.value,
      resolveValue: null,
      forMs: 0,
      resolveForMs: HOUR_MS,
    })
}, WAIT_MS)
afterAll(async () => {
  await handle?.close()
  wire?.close()
  dialer?.close()
  for (const child of children.reverse()) if (child.running) await child.kill()
})

it('MO2: fires for every cause there is a default rule for', { timeout: 4 * WAIT_MS }, async () => {
  for (const group of ['GID_stuck', 'GID_gone', 'GID_late'])
    await ask(RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, {}, Buffer.from(JSON.stringify({ groupName: group })))
  await send('first')
  for (let number = 0; number < 14; number++) await send('x'.repeat(60_000))
  const end = await wire.maxOffset(TOPIC, 0)
  for (const group of ['GID_stuck', 'GID_gone']) await wire.commit(group, TOPIC, 0, end)
  await wire.commit('GID_late', TOPIC, 0, 0)
  await heartbeat('GID_stuck')
  for (let number = 0; number < 12; number++) await send(`unread ${number}`)
  for (let number = 0; number < 3; number++) await sendBack('GID_fails')
  // The group and its first dead letter come in one breath: nobody ever saw it without.
  await sendBack('GID_buries', { maxReconsumeTimes: '0' })
  await send('half', { TRAN_MSG: 'true', PGROUP: 'PG', UNIQ_KEY: 'half-1' })
  await send('timed', { TIMER_DELIVER_MS: String(Date.now() + 1500), UNIQ_KEY: 'timed-1' })

  // As an operator does it who means to give it back.
  expect(await cluster().brokers.setWritable('broker-a', false)).toMatchObject({ ok: 2, failed: 0 })

  await until([
    'notWritable broker-a:0',
    'behind GID_stuck',
    'lag GID_stuck',
    'queueBlocked GID_stuck',
    'noClient GID_gone',
    'retryGrowth GID_fails',
    'deadGrowth GID_buries',
    'halfAge C',
    'timerLate broker-a:0',
    'slaveBehind broker-a:1',
    'putP99 broker-a:0',
    'disk broker-a:0',
  ])
  await second.child.kill()
  await slave.child.kill()
  await until([`namesrvSilent ${second.address}`, 'brokerSilent broker-a:1'])
  await letGo()
  await until(['pastKept GID_late'])
  await master.child.kill()
  await until(['brokerSilent broker-a:0', 'samplerBlind C'])

  const fired = new Set((await firing()).map((one) => one.split(' ')[0]))
  const never = defaultRules.map(({ metric }) => metric).filter((metric) => !fired.has(metric))
  expect(never).toEqual(others)
  expect(others.every((metric) => metric in alarmMetrics)).toBe(true)
})
