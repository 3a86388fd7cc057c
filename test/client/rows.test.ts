// test/client/rows.test.ts: what the stock Java client may rely on, seen by one JVM that looks at many things at once;
// a test for each. The program prints what it saw, and the judging is done here.
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { openDialer } from '../../broker/net/dial'
import { RequestCode } from '../../broker/protocol/codes'
import { pullMessageHeader, sendMessageV2Header, writeHeader } from '../../broker/protocol/headers'
import { compileJava, javaParts, runJava } from '../support/java'
import { type OurCluster, startOurs } from '../support/rocketdeck'
import { openWire } from '../support/wire'

/** A client looks at its queues by itself this long after it last did. */
const NEXT_ROUND_MS = 20_000
type Facts = Record<string, unknown>
let ours: OurCluster
let missing: string | undefined
const seen = new Map<string, Facts>()
const faults = new Map<string, string>()

beforeAll(async () => {
  ours = await startOurs({ flags: ['--set', `messageDelayLevel=${Array(18).fill('1s').join(' ')}`] })
  const parts = await javaParts()
  if ('missing' in parts) {
    missing = parts.missing
    return
  }
  const classes = await compileJava(parts)
  const { stdout, output } = await runJava({
    ...parts,
    classes,
    main: 'Rows',
    args: [ours.namesrv, ours.broker],
    heap: '700m',
    timeoutMs: 230_000,
  })
  if (process.env.ROCKETDECK_TEST_RESULTS) console.log(stdout)
  for (const line of stdout.split('\n').filter((text) => text.startsWith('{"row"'))) {
    const { row, facts, error }: { row: string; facts?: Facts; error?: string } = JSON.parse(line)
    if (facts) seen.set(row, facts)
    else faults.set(row, error ?? '')
  }
  if (seen.size === 0) throw new Error(`nothing was seen:\n${output}`)
})
afterAll(async () => {
  if (ours) expect(await ours.child.stop()).toEqual({ code: 0, signal: null })
})

/** What the program saw of it; skips by name where there is no Java. */
function saw(context: TestContext, row: string): Facts {
  if (missing) context.skip(missing)
  const facts = seen.get(row)
  if (!facts) throw new Error(`${row} was not seen: ${faults.get(row) ?? 'the program ended before'}`)
  return facts
}

describe('routes', () => {
  it('NS1: a client that knows the name server alone finds every broker', (context) => {
    expect(saw(context, 'route')).toMatchObject({ brokers: ['broker-a'] })
  })
  it('NS4: a topic is in the route at once, and so is a change of it', (context) => {
    expect(saw(context, 'route')).toMatchObject({ atOnce: 3, changedAtOnce: 5 })
  })
})

describe('clients', () => {
  it('RP2: a live consumer is asked over its own connection, and made to consume one message', (context) => {
    expect(saw(context, 'asked')).toEqual({
      subscribed: true,
      stack: true,
      directly: 'CR_SUCCESS',
      times: 2,
      status: 1,
    })
  })
  it('RP4: twenty groups of one process share a connection, and each is listed', (context) => {
    expect(saw(context, 'one-instance')).toEqual({ listed: 20, connections: 1, clientIds: 1 })
  })
  it('RP5: one producer and one consumer of a group run in one process, a second of either is refused', (context) => {
    expect(saw(context, 'of-a-kind')).toEqual({ producer: true, consumer: true, first: ['still here'] })
  })
  it('RP6: queues of a consumer that leaves are taken over by a notice, before the next round of 20 s', (context) => {
    const facts = saw(context, 'moves')
    expect(facts).toMatchObject({ atFirst: [4, 4], afterShutdown: 8 })
    expect(facts.shutdownMs).toBeLessThan(NEXT_ROUND_MS)
  })
})

describe('produce', () => {
  it('PR1: sync, async and oneway store what their results say', (context) => {
    expect(saw(context, 'ways')).toEqual({ sync: true, async: true, stored: 3 })
  })
  it('PR2: 64 threads with one producer send 100,000 messages of 100,000 ids', (context) => {
    expect(saw(context, 'flood')).toMatchObject({ failed: 0, distinctIds: 100_000, stored: 100_000 })
  })
  it('PR3: topic, tag, keys, body and properties come back unchanged, by either id', (context) => {
    expect(saw(context, 'content')).toEqual({
      topic: 'RowsContent',
      tag: 'Tag-Ä',
      keys: 'key-1 ключ-2',
      body: 'héllo 🚀 漢字',
      user: 'значение 🎯',
      sameId: true,
      byUniqueId: 'héllo 🚀 漢字',
      byOffsetId: 'héllo 🚀 漢字',
    })
  })
  it('PR4: 4 MiB pass and one byte more is refused with 13, and not stored; a topic may have 127 letters', (context) => {
    const facts = saw(context, 'sizes')
    expect(facts).toMatchObject({ largest: 'SEND_OK', larger: 13, stored: 1, longestTopic: 'SEND_OK' })
    expect(facts.remark).toMatch(/size|length|4194304/i)
  })
  it('PR5: an unknown topic is made with four queues, or refused with 17 where that is switched off', (context) => {
    const facts = saw(context, 'auto-create')
    expect(facts).toMatchObject({ status: 'SEND_OK', queues: 4, refused: 17 })
    expect(facts.remark).toContain('RowsNeverMade')
  })
  it('PR7: a batch of 1,000 gets 1,000 offsets and ids; delayed ones and retry topics stay out of batches', (context) => {
    expect(saw(context, 'batch')).toEqual({
      offsetIds: 1000,
      ids: 1000,
      stored: 1000,
      last: 'm999',
      delayed: true,
      retry: true,
    })
  })
  it('PR8: a selector by hash keeps each key in one queue', (context) => {
    expect(saw(context, 'selector')).toEqual({ keys: 10, mostQueuesOfAKey: 1, queuesUsed: true })
  })
  it('PR9: bodies compressed by the client pass as they are and are shown plain', (context) => {
    const plain = { received: true, viewed: true, storedSmaller: true }
    expect(saw(context, 'compression')).toEqual({
      LZ4: { ...plain, flag: 0x100 },
      ZSTD: { ...plain, flag: 0x200 },
      ZLIB: { ...plain, flag: 0x300 },
    })
  })
  it('PR10: every instance of a producer group is listed with language, version and address', (context) => {
    expect(saw(context, 'producers')).toEqual({ clients: 2, kinds: ['JAVA true true'] })
  })
})

describe('consume', () => {
  it('CO1: a push consumer sees each of 100,000 messages', (context) => {
    expect(saw(context, 'flood')).toMatchObject({ notReceived: 0 })
  })
  it('CO3: a blocked listener stops the pulls at 1,000 messages of a queue', (context) => {
    const { cached } = saw(context, 'flow-control')
    expect(cached).toBeGreaterThan(1000 - 32)
    expect(cached).toBeLessThanOrEqual(1000 + 32)
  })
  it('CO4: pull, lite pull and scheduled pull consumers drain a topic', (context) => {
    expect(saw(context, 'pull-consumers')).toEqual({ plain: 100, lite: 100, scheduled: 100, queuesTold: 2 })
  })
  it('CO6: nine messages for three instances are three each', (context) => {
    expect(saw(context, 'shared')).toEqual({ each: [3, 3, 3] })
  })
  it('CO5: a topic that is not there is said to be none, and found once it was made', (context) => {
    const facts = saw(context, 'no-such-topic')
    expect(facts).toMatchObject({ code: 17, queues: 2 })
    expect(facts.refused).toContain('RowsNoSuch')
  })
  it('CO7: nine messages for three broadcast instances are nine each', (context) => {
    expect(saw(context, 'broadcast')).toMatchObject({ each: ['9 of 9', '9 of 9', '9 of 9'] })
  })
  it('CO8: broadcast begins at the newest, comes once though it fails, and goes on where the client was', (context) => {
    expect(saw(context, 'broadcast')).toMatchObject({ old: 0, back: ['away0', 'away1', 'away2', 'away3'] })
  })
  it('CO9: the place of a broadcast client lies in its own file alone: without it, it begins anew', async (context) => {
    expect(saw(context, 'broadcast')).toMatchObject({ file: true, withoutFile: ['new0', 'new1'] })
    const dialer = openDialer()
    const asked = { topic: 'RowsBroadcast', consumerGroup: 'rows-broadcast', queueId: '0', setZeroIfNotFound: 'false' }
    const reply = await dialer.request(ours.broker, RequestCode.QUERY_CONSUMER_OFFSET, asked, undefined, 5000)
    expect(reply.code).toBe(22)
    dialer.close()
  })
  it('CO10: three groups of one, two and three instances get all of one topic each', (context) => {
    expect(saw(context, 'several-groups')).toEqual({
      each: { 'rows-group-1': '9 of 9', 'rows-group-2': '9 of 9', 'rows-group-3': '9 of 9' },
    })
  })
  it('CO16: a listener gets 32 at once, and a group that is moved to the end is there at once', (context) => {
    expect(saw(context, 'many-at-once')).toEqual({ largest: 32, all: 640, after: true, skipped: true })
  })
  it('CO12: queues move at once when an instance starts', (context) => {
    const facts = saw(context, 'moves')
    expect(facts).toMatchObject({ afterStart: [4, 4] })
    expect(facts.startMs).toBeLessThan(NEXT_ROUND_MS)
  })
  it('CO13: a rolling restart under load repeats some and loses none', (context) => {
    expect(saw(context, 'rolling')).toMatchObject({ sent: 2000, missing: 0 })
  })
  it('CO14: the committed offset is the lowest unfinished one; it and all after it come again', (context) => {
    expect(saw(context, 'lowest')).toEqual({
      finished: 9,
      committed: 3,
      again: ['m3', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9'],
    })
  })
  it('CO15: a key is the same in every retry and in the dead letter, and found there', (context) => {
    expect(saw(context, 'retry')).toMatchObject({ keys: ['invoice-17'], dead: 1, deadKey: 'invoice-17' })
  })
  it('CO17: of two subscriptions of one topic the last counts', (context) => {
    expect(saw(context, 'last-wins')).toEqual({ tags: ['TagB'] })
  })
  it('CO19: what failed on one instance is tried on another', (context) => {
    const facts = saw(context, 'retry-elsewhere')
    expect(facts).toMatchObject({ messages: 30, seenTwice: 30 })
    expect(facts.onAnother).toBeGreaterThan(0)
  })
  it('RT6: attempts count 0, 1, 2, 3', (context) => {
    expect(saw(context, 'retry')).toMatchObject({ reconsumeTimes: [0, 1, 2, 3] })
  })
  it('RT8: what failed in broadcasting is not seen again', (context) => {
    expect(saw(context, 'broadcast')).toMatchObject({ each: ['9 of 9', '9 of 9', '9 of 9'] })
  })
  it('RT9: what fails in order is tried each second, without end, and holds up what is behind it', (context) => {
    const facts = saw(context, 'ordered-failure')
    expect(facts).toMatchObject({
      seen: ['first 0', 'first 1', 'first 2', 'first 3', 'first 4', 'second 0'],
      buried: false,
    })
    expect(facts.leastGapMs).toBeGreaterThanOrEqual(950)
  })
  it('RT7: the message id never changes, down to the dead letter', (context) => {
    expect(saw(context, 'retry')).toMatchObject({ ids: 1, sameAsSent: true, deadSameId: true })
  })
})

describe('order', () => {
  it('OR1: 100,000 messages of one queue come in the order of sending, whichever of two instances reads', (context) => {
    expect(saw(context, 'one-order')).toMatchObject({ distinct: 100_000, inversions: 0, skipped: 0 })
  })
  it('OR4: of two instances one works, and the other goes on where it ended', (context) => {
    expect(saw(context, 'one-order')).toMatchObject({ instances: 2 })
  })
})

describe('filters and keys', () => {
  it('FI2: `*`, one tag and two tags get their exact sets, with spaces around the bars', (context) => {
    const both = ['TagA', 'TagB', 'last']
    expect(saw(context, 'tags').got).toMatchObject({
      TagA: ['TagA', 'last'],
      'TagA||TagB': both,
      '  TagA   ||  TagB ': both,
    })
  })
  it('FI8: a message without a tag is taken, and matches `*` alone', (context) => {
    expect(saw(context, 'tags').got).toMatchObject({ '*': ['TagA', 'TagB', 'TagC', 'last', 'untagged'] })
  })
  it('FI4: of two tags with one hash a consumer gets its own, and its offset passes the other', (context) => {
    expect(saw(context, 'same-hash')).toEqual({
      sameHash: true,
      got: ['Aa m0', 'Aa m10', 'Aa m2', 'Aa m4', 'Aa m6', 'Aa m8'],
      committed: 11,
    })
  })
  it('FI7: a message is found by each of its keys', (context) => {
    const found = 'with three keys'
    expect(saw(context, 'keys')).toEqual({ found: { 'one-1': found, 'two-2': found, 'three-3': found } })
  })

  it('FI3: who wants one message in a hundred is sent one in a hundred', async () => {
    const wire = openWire(ours.broker)
    await wire.createTopic('RowsFewTopic', 1)
    const dialer = openDialer()
    const body = Buffer.alloc(1000, 'x')
    for (let n = 0; n < 500; n++) {
      const ext = writeHeader(sendMessageV2Header, {
        a: 'rows-few',
        b: 'RowsFewTopic',
        c: 'TBW102',
        d: 4,
        e: 0,
        f: 0,
        g: 1,
        h: 0,
        i: `TAGS\u0001${n % 100 === 0 ? 'few' : 'many'}`,
      })
      expect((await dialer.request(ours.broker, RequestCode.SEND_MESSAGE_V2, ext, body, 5000)).code).toBe(0)
    }
    const pulled = async (subscription: string) => {
      let bytes = 0
      for (let queueOffset = 0; queueOffset < 500; ) {
        const ext = writeHeader(pullMessageHeader, {
          consumerGroup: 'rows-few',
          topic: 'RowsFewTopic',
          queueId: 0,
          queueOffset,
          maxMsgNums: 32,
          sysFlag: 4,
          commitOffset: 0,
          suspendTimeoutMillis: 0,
          subVersion: 0,
          subscription,
          expressionType: 'TAG',
        })
        const reply = await dialer.request(ours.broker, RequestCode.PULL_MESSAGE, ext, undefined, 5000)
        bytes += reply.body?.length ?? 0
        queueOffset = Number(reply.ext.nextBeginOffset)
      }
      return bytes
    }
    const [all, few] = [await pulled('*'), await pulled('few')]
    expect(few / all).toBeGreaterThan(0.009)
    expect(few / all).toBeLessThan(0.011)
    dialer.close()
    wire.close()
  })
})
