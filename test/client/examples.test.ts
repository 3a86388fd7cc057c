// test/client/examples.test.ts: the mains of rocketmq-example 5.5.0, unchanged, against this broker and against Apache: they
// print the same, once ids, times, addresses and places are masked. Part of `npm run test:long -- examples`. Some have
// 127.0.0.1:9876 written into them, so that port must be free.
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { openDialer } from '../../broker/net/dial'
import { RequestCode } from '../../broker/protocol/codes'
import type { Child } from '../support/children'
import { type JavaParts, javaParts, launchJava } from '../support/java'
import { registered, startReferenceBroker, startReferenceNamesrv } from '../support/reference'
import { startOurs } from '../support/rocketdeck'
import { openWire } from '../support/wire'

const isAsked = process.env.ROCKETDECK_EXAMPLES === '1'
const PATIENCE_MS = 120_000
/** Checked soon, so that a check of a transaction can be waited for. */
const settings = { transactionCheckInterval: '2000', transactionTimeOut: '2000', enablePropertyFilter: 'true' }

interface Run {
  /** Behind org.apache.rocketmq.example. */
  readonly main: string
  /** It has printed enough once this was met so often; without it, the program ends by itself. */
  readonly until?: { readonly pattern: RegExp; readonly times: number }
  /** It is left to run while the ones behind it do, from when it has printed this on. */
  readonly ready?: RegExp
  /** How often a line comes depends on time or on where messages fell: only which lines come is compared. */
  readonly kindsOnly?: boolean
  /** It reads some queues only, and which messages lie there is chance: what a message says of itself is masked. */
  readonly someQueues?: boolean
}
interface Play {
  readonly name: string
  readonly topics?: readonly string[]
  readonly runs: readonly Run[]
  /** What is seen at the broker afterwards. */
  readonly after?: (side: Side) => Promise<unknown>
}
interface Side {
  readonly broker: string
}

const started = /Consumer Started|Consumer startup OK|Broadcast Consumer Started/
const message = /MessageExt \[/g
const received = (times: number) => ({ pattern: message, times })

/** In this order: many read TopicTest, which grows from play to play. */
const plays: readonly Play[] = [
  {
    name: 'simple',
    topics: ['TopicTest', 'TopicTest1'],
    runs: [
      { main: 'simple.Producer' },
      { main: 'simple.PushConsumer', until: received(128) },
      { main: 'simple.AsyncProducer' },
    ],
  },
  { name: 'order: consumer', runs: [{ main: 'ordermessage.Consumer', until: received(128), kindsOnly: true }] },
  { name: 'order: producer', runs: [{ main: 'ordermessage.Producer' }] },
  {
    name: 'oneway and pull',
    runs: [{ main: 'simple.PullConsumer', ready: /^/ }, { main: 'simple.OnewayProducer' }],
    after: ({ broker }) => progress(broker, 'please_rename_unique_group_name_5', 'TopicTest', 228),
  },
  {
    name: 'trace',
    runs: [
      { main: 'tracemessage.TraceProducer' },
      { main: 'tracemessage.TracePushConsumer', until: received(356) },
      { main: 'tracemessage.OpenTracingProducer', until: { pattern: /SEND_OK/g, times: 1 } },
    ],
  },
  {
    name: 'pop',
    runs: [
      { main: 'simple.PopConsumer', until: received(100), kindsOnly: true }, // those the push consumer of its group left
    ],
  },
  {
    name: 'broadcast',
    runs: [
      { main: 'broadcast.PushConsumer', ready: started, until: received(1357) },
      { main: 'quickstart.Producer' },
      { main: 'quickstart.Consumer', until: received(1357) },
    ],
  },
  {
    name: 'lite pull',
    runs: [
      { main: 'simple.LitePullConsumerSubscribe', until: received(1357), kindsOnly: true },
      { main: 'simple.LitePullConsumerAssign', until: received(300), someQueues: true },
      { main: 'simple.LitePullConsumerAssignWithSubExpression', until: received(300), someQueues: true },
      { main: 'simple.PullScheduleService', until: { pattern: /NO_NEW_MSG/g, times: 40 }, kindsOnly: true },
    ],
  },
  {
    name: 'batch',
    topics: ['BatchTest'],
    runs: [
      { main: 'batch.SimpleBatchProducer', until: { pattern: /SEND_OK/g, times: 1 } },
      { main: 'batch.SplitBatchProducer', until: { pattern: /SEND_OK/g, times: 8 }, kindsOnly: true },
    ],
    after: ({ broker }) => stored(broker, 'BatchTest', 100_003),
  },
  {
    name: 'filter by tag',
    topics: ['TagFilterTest'],
    runs: [
      { main: 'filter.TagFilterConsumer', ready: started, until: received(40) },
      { main: 'filter.TagFilterProducer' },
    ],
  },
  {
    name: 'filter by SQL',
    topics: ['SqlFilterTest'],
    runs: [
      { main: 'filter.SqlFilterConsumer', ready: started, until: received(3) },
      { main: 'filter.SqlFilterProducer' },
    ],
  },
  {
    name: 'transaction',
    topics: ['TopicTest1234'],
    runs: [{ main: 'transaction.TransactionProducer', ready: /^/, until: { pattern: /SEND_OK/g, times: 10 } }],
    after: ({ broker }) => stored(broker, 'TopicTest1234', 3), // those that are committed when they are asked about
  },
  {
    name: 'schedule',
    topics: ['TestTopic', 'TimerTopic'],
    runs: [
      { main: 'schedule.ScheduledMessageConsumer', ready: /^/, until: { pattern: /ms later/g, times: 100 } },
      { main: 'schedule.TimerMessageConsumer', ready: /^/, until: { pattern: /ms later/g, times: 10 } },
      { main: 'schedule.ScheduledMessageProducer' },
      { main: 'schedule.TimerMessageProducer' },
    ],
  },
  {
    name: 'request and reply',
    topics: ['RequestTopic'],
    runs: [
      { main: 'rpc.ResponseConsumer', ready: started, until: { pattern: /reply to .*SEND_OK/g, times: 2 } },
      { main: 'rpc.RequestProducer' },
      { main: 'rpc.AsyncRequestProducer', until: { pattern: /request to/g, times: 1 } },
    ],
  },
  {
    name: 'namespace',
    runs: [
      { main: 'namespace.ProducerWithNamespace' },
      { main: 'namespace.PushConsumerWithNamespace', until: { pattern: /Msg topic is/g, times: 100 } },
      { main: 'namespace.PullConsumerWithNamespace', until: { pattern: /Topic is/g, times: 20 }, kindsOnly: true },
    ],
  },
  {
    name: 'openmessaging',
    topics: ['OMS_HELLO_TOPIC'],
    runs: [
      { main: 'openmessaging.SimplePushConsumer', ready: started, until: { pattern: /Received one/g, times: 3 } },
      { main: 'openmessaging.SimpleProducer' },
    ],
  },
  { name: 'openmessaging pull', runs: [{ main: 'openmessaging.SimplePullConsumer', kindsOnly: true }] },
]

/** What differs from run to run, whoever the broker is. */
const masks: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9A-F]{32,}(?:,[0-9A-F]{32,})*\b/g, 'ID'],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UUID'],
  [/\b\d+\.\d+\.\d+\.\d+(?::\d+|@\w+#\w+)/g, 'HOST'],
  [/\b\d+\.\d+\.\d+\.\d+@[\w#-]+/g, 'CLIENT'],
  [/\b(queueId|queueOffset|commitLogOffset|bornTimestamp|storeTimestamp|MIN_OFFSET|MAX_OFFSET)=-?\d+/g, '$1=N'],
  [/\b(\w*_TIME|nextBeginOffset|minOffset|maxOffset|msgFoundList)=-?\d+/g, '$1=N'],
  [/\buber-trace-id=[0-9a-f:]+/g, 'uber-trace-id=X'],
  [/\b(POP_CK|recallHandle|RECALL_HANDLE)=[^,\]}]+/g, '$1=X'],
  [/ConsumeMessageThread_\S+/g, 'THREAD'],
  [/\[msgId=ID \d+ {2}ms later\]/g, '[msgId=ID later]'],
  [/cost: \d+/g, 'cost: N'],
  [/^\d+\t/gm, 'N\t'],
  [/^\d+ +OK ID/gm, 'N OK ID'],
]
/** What differs with the queue that a message lies in. */
const byQueue: readonly (readonly [RegExp, string])[] = [
  [/\bstoreSize=\d+/g, 'storeSize=N'],
  [/\bbodyCRC=-?\d+/g, 'bodyCRC=N'],
  [/\bbody=\[[\d, -]*\]/g, 'body=[N]'],
  [/\buber-trace-id=X, /g, ''],
]
const records = /MessageExt \[[\s\S]*?transactionId='[^']*'\}\]/g

/** Every record that was printed and every other line, masked, and how often it came. */
function printed(output: string, { kindsOnly = false, someQueues = false }: Run): Record<string, number> {
  const counts: Record<string, number> = {}
  const note = (text: string): void => {
    if (text !== '') counts[text] = kindsOnly || someQueues ? 1 : (counts[text] ?? 0) + 1
  }
  let text = output.replace(/(?<=\])SendResult/g, '\nSendResult').replace(/, (?=MessageExt \[)/g, '\n')
  for (const [pattern, mask] of someQueues ? [...masks, ...byQueue] : masks) text = text.replace(pattern, mask)
  for (const [record] of text.matchAll(records)) {
    // a sender's name of its own length goes into these
    note(record.includes('REPLY_TO_CLIENT') ? record.replace(/storeSize=\d+/, 'storeSize=N') : record)
  }
  for (const line of text.replace(records, 'RECORD').split('\n')) {
    if (!/^[[\]\s]*(RECORD[[\]\s]*)*$/.test(line)) note(line.trim())
  }
  return counts
}

const count = (child: Child, { pattern }: { pattern: RegExp }): number => [...child.output.matchAll(pattern)].length

it.skipIf(!isAsked)(
  'the example mains of 5.5.0 print what they print with Apache',
  { timeout: 1_500_000 },
  async (context) => {
    const parts = await javaParts()
    if ('missing' in parts) return context.skip(parts.missing)
    const door = await openDoor()
    if (door === undefined) return context.skip('127.0.0.1:9876 is taken')
    onTestFinished(() => door.close())
    const chosen = plays.filter(({ name }) => new RegExp(process.env.ROCKETDECK_PLAYS ?? '').test(name))

    const flags = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`])
    const ours = await startOurs({ flags })
    door.leadTo(ours.namesrvPort)
    const here = await playAll(parts, chosen, { broker: ours.broker })
    await ours.child.stop()

    const namesrv = await startReferenceNamesrv(parts)
    onTestFinished(() => namesrv.stop())
    const apache = await startReferenceBroker(parts, { namesrv: namesrv.address, properties: settings })
    onTestFinished(() => apache.stop())
    await registered(namesrv.address, apache.address)
    door.leadTo(Number(namesrv.address.split(':')[1]))
    const there = await playAll(parts, chosen, { broker: apache.address }, here)
    expect(here).toEqual(there)
  },
)
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value)
        .map(([key, inner]) => [key, sorted(inner)])
        .sort(([one], [other]) => (String(one) < String(other) ? -1 : 1))
    : value

/** The first few lines that one side alone printed, or more often. */
function differences(here: Said | undefined, there: Said | undefined): string[] {
  if (here === undefined || there === undefined) return []
  const lines = Object.keys({ ...here, ...there }).flatMap((main) => {
    const [ours = {}, theirs = {}] = [here[main], there[main]]
    return Object.keys({ ...ours, ...theirs })
      .filter((line) => ours[line] !== theirs[line])
      .map((line) => `  ${main}: ours ${ours[line] ?? 0}, Apache ${theirs[line] ?? 0}: ${line}`)
  })
  return lines.slice(0, 6)
}

const gaveUp = /Remoting(?:Timeout|TooMuchRequest|Connect|SendRequest)Exception/

type Jars = Exclude<JavaParts, { missing: string }>
type Said = Record<string, Record<string, number>>
type Printed = Record<string, { said: Said; seen?: unknown }>

async function playAll(jars: Jars, chosen: readonly Play[], side: Side, other?: Printed): Promise<Printed> {
  const all: Printed = {}
  const wire = openWire(side.broker)
  for (const { name, topics = [], runs, after } of chosen) {
    for (const topic of topics) await wire.createTopic(topic, 4)
    const children: [Run, Child][] = []
    for (const run of runs) {
      const begin = () => begun(jars, run)
      let child = await begin()
      // on a machine that is too busy a client may give up before it has done anything
      for (let more = 2; more > 0 && gaveUp.test(child.output) && !/sendStatus/.test(child.output); more--) {
        await child.kill()
        child = await begin()
      }
      children.push([run, child])
    }
    const seen = await after?.(side)
    for (const [run, child] of children) {
      if (run.ready !== undefined && run.until !== undefined) {
        await finished(run, child).catch((error: Error) => {
          const beside = children.map(([{ main }, { output }]) => `-- ${main}\n${output.slice(-1500)}`)
          throw new Error([error.message, ...beside].join('\n'))
        })
      }
      await child.kill()
    }
    const said = children.map(([run, child]) => [run.main, printed(child.output, run)])
    all[name] = { said: Object.fromEntries(said), ...(seen === undefined ? {} : { seen }) }
    const verdict = other === undefined ? 'played' : isSame(all[name], other[name]) ? 'equal' : 'DIFFERS'
    console.log([`${name.padEnd(20)} ${verdict}`, ...differences(other?.[name]?.said, all[name]?.said)].join('\n'))
  }
  wire.close()
  return all
}

/** A run that is ready, or has come to its end. */
async function begun(jars: Jars, run: Run): Promise<Child> {
  const properties = { 'rocketmq.namesrv.addr': '127.0.0.1:9876' }
  const child = launchJava({ ...jars, main: `org.apache.rocketmq.example.${run.main}`, properties })
  if (run.ready !== undefined) {
    await child.line(new RegExp(`${run.ready.source}|^Exception in thread "main"`), PATIENCE_MS)
  } else {
    await finished(run, child)
    await child.kill()
  }
  return child
}

/** Until it has printed enough and no more comes for half a second, or has ended. */
async function finished(run: Run, child: Child): Promise<void> {
  const { until } = run
  const endMs = Date.now() + PATIENCE_MS
  while (child.running && (until === undefined || count(child, until) < until.times)) {
    if (/^Exception in thread "main"/m.test(child.output)) return // its other threads would keep it for ever
    if (Date.now() > endMs) throw new Error(`${run.main} did not print enough:\n${child.output.slice(-3000)}`)
    await sleep(50)
  }
  if (until !== undefined) await sleep(500)
}

/** What a group has committed of a topic, once it is so much. */
async function progress(broker: string, group: string, topic: string, wanted: number): Promise<number> {
  const committed = async (queueId: number) => {
    const ext = { topic, consumerGroup: group, queueId: String(queueId), setZeroIfNotFound: 'false' }
    return Number(
      (await dialer.request(broker, RequestCode.QUERY_CONSUMER_OFFSET, ext, undefined, 5000)).ext.offset ?? 0,
    )
  }
  const dialer = openDialer()
  try {
    return await sum(committed, wanted)
  } finally {
    dialer.close()
  }
}
async function stored(broker: string, topic: string, wanted: number): Promise<number> {
  const wire = openWire(broker)
  try {
    return await sum((queueId) => wire.maxOffset(topic, queueId), wanted)
  } finally {
    wire.close()
  }
}
async function sum(of: (queueId: number) => Promise<number>, wanted: number): Promise<number> {
  for (const endMs = Date.now() + PATIENCE_MS; ; await sleep(200)) {
    const each = await Promise.all([0, 1, 2, 3].map(of))
    const all = each.reduce((one, other) => one + other, 0)
    if (all >= wanted || Date.now() > endMs) return all
  }
}

interface Door {
  leadTo(port: number): void
  close(): Promise<void>
}
/** The address that is written into some of the examples, leading to whichever name server is asked. */
async function openDoor(): Promise<Door | undefined> {
  let target = 0
  const open = new Set<Socket>()
  const server: Server = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port: target })
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        open.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  const isOpen = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false))
    server.listen({ port: 9876, host: '127.0.0.1', exclusive: true }, () => resolve(true))
  })
  if (!isOpen) return undefined
  return {
    leadTo(port) {
      target = port
      for (const socket of open) socket.destroy()
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
