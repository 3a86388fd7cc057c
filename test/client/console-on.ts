// test/client/console-on.ts: the console's answers about real clients, on our cluster and on Apache's alike: the same pages
// must work on both, and agree with what the stock tools say. Each has a file of its own, so that both run side by side.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConsoleHandle, createConsole } from '../../server/console'
import { createCaller } from '../../server/root'
import { findings } from '../../server/shared/doctor'
import { isKnown, type Known } from '../../server/shared/known'
import type { ScanEvent } from '../../server/shared/views'
import { contextFor, publishedConsole } from '../../server/trpc/context'
import type { Child } from '../support/children'
import { temporaryFolder } from '../support/folders'
import { type JavaParts, javaParts, launchJava, mqadmin, runJava } from '../support/java'
import { startReferenceBroker, startReferenceNamesrv } from '../support/reference'
import { startOurs } from '../support/rocketdeck'
import { tellsOfTraces } from './console-traces'
import { decidesWhatWaits } from './console-waiting'

const TOPIC = 'TopicTest'
const GROUP = 'please_rename_unique_group_name_4' // of Apache's quickstart Consumer
const SENT = 1000
const TURN_MS = 500
type Java = Exclude<JavaParts, { missing: string }>
type Api = ReturnType<typeof createCaller>

/** Transactions that nobody answers are set aside within seconds. */
const checks = { transactionCheckInterval: '1000', transactionTimeOut: '1000', transactionCheckMax: '8' }
interface Running {
  readonly namesrv: string
  stop(): Promise<unknown>
}
const starters = {
  'our cluster': async (_java: Java): Promise<Running> => {
    const flags = Object.entries(checks).flatMap(([key, value]) => ['--set', `${key}=${value}`])
    const ours = await startOurs({ flags })
    return { namesrv: ours.namesrv, stop: () => ours.child.stop() }
  },
  'an Apache cluster': async (java: Java): Promise<Running> => {
    const namesrv = await startReferenceNamesrv(java)
    const broker = await startReferenceBroker(java, {
      namesrv: namesrv.address,
      // Apache notes what ended up to 3 s later, and would ask about it meanwhile.
      properties: { ...checks, recallMessageEnable: 'true', transactionOpBatchInterval: '100' },
    })
    return { namesrv: namesrv.address, stop: () => Promise.all([broker.stop(), namesrv.stop()]) }
  },
}
const value = <T>(figure: Known<T>): T | string => (isKnown(figure) ? figure.value : figure.unknown)
const until = async <T>(what: string, ask: () => Promise<T>, good: (found: T) => boolean, ms = 60_000): Promise<T> => {
  const end = Date.now() + ms
  for (;;) {
    // What is waited for may not be there yet at all.
    const found = await ask().then(
      (value) => ({ value }),
      (error: unknown) => ({ error: String(error) }),
    )
    if ('value' in found && good(found.value)) return found.value
    if (Date.now() > end)
      throw new Error(
        `${what}: ${JSON.stringify(found, (_, one) => (typeof one === 'bigint' ? String(one) : one)).slice(0, 2000)}`,
      )
    await sleep(200)
  }
}
const all = async <T>(events: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = []
  for await (const event of events) found.push(event)
  return found
}

export function tellsOf(name: keyof typeof starters): void {
  describe(`the console on ${name}`, () => answersOn(name, starters[name]))
}

function answersOn(name: string, start: (java: Java) => Promise<Running>): void {
  let parts: JavaParts
  let api: Api
  let handle: ConsoleHandle | undefined
  let cluster: Running | undefined
  let consumer: Child | undefined
  const java = (context: { skip: (why: string) => never }): Java =>
    'missing' in parts ? context.skip(parts.missing) : parts
  const at = { cluster: 'c' }
  const ofTopic = { ...at, topic: TOPIC }
  const ofGroup = { ...at, group: GROUP }
  const stock = () => ({ properties: { 'rocketmq.namesrv.addr': cluster?.namesrv ?? '' } })

  beforeAll(async () => {
    parts = await javaParts()
    if ('missing' in parts) return
    cluster = await start(parts)
    const dataDir = temporaryFolder('console')
    handle = await createConsole({
      dataDir,
      clusters: [{ id: 'c', name: 'C', namesrv: [cluster.namesrv] }],
      host: '127.0.0.1',
      port: 1,
      turnMs: TURN_MS,
      databaseThread: false,
      log: () => undefined,
    })
    const desk = publishedConsole()
    if (desk === undefined) throw new Error('the console was not published')
    const token = (await handle.setupUrlHint())?.split('=')[1] ?? ''
    const { session } = await desk.access.setup(
      { token, name: 'admin', password: 'a long enough one' },
      { from: '', agent: '', session: null },
    )
    api = createCaller(
      contextFor(
        desk,
        { from: '', agent: '', session },
        { once: false, setSession: () => undefined, drained: async () => undefined },
      ),
    )
    await until(
      'no sample',
      () => api.cluster.overview(at),
      (overview) => overview.at > 0 && overview.brokers.some((row) => row.state === 'ok'),
    )
  })
  afterAll(async () => {
    await consumer?.kill()
    await handle?.close()
    await cluster?.stop()
  })

  it('CN2, FI1: creates a topic that a stock producer fills, counts what it holds, and tells its tags', async (context) => {
    const found = java(context)
    expect(await api.topic.create({ ...at, topic: TOPIC, readQueues: 4, writeQueues: 4 })).toMatchObject({
      ok: 1,
      failed: 0,
    })
    await expect(api.topic.create({ ...at, topic: TOPIC })).rejects.toMatchObject({ code: 'CONFLICT' })
    const { output } = await runJava({ ...found, ...stock(), main: 'org.apache.rocketmq.example.quickstart.Producer' })
    expect(output.match(/SEND_OK/g)).toHaveLength(SENT)
    const topic = await until(
      'kept',
      () => api.topic.get(ofTopic),
      ({ keptMessages }) => value(keptMessages) === SENT,
    )
    expect(topic.queues.map(({ max }) => value(max)).reduce<bigint>((sum, max) => sum + BigInt(max), 0n)).toBe(
      BigInt(SENT),
    )
    const { rows } = await api.topic.list({ ...at, q: 'topictest' })
    expect(rows).toMatchObject([{ name: TOPIC, type: 'NORMAL', kind: 'user', writeQueues: 4, groups: 0 }])
    expect(await api.topic.tags(ofTopic)).toMatchObject({
      tags: [{ tag: 'TagA', count: 128 }],
      messages: 128,
      silent: 0,
    })
  })

  it('CN4: finds a message by key, by both ids, by place and by time, with its body', async (context) => {
    java(context)
    const sent = await api.message.send({
      ...ofTopic,
      tag: 'TagZ',
      keys: ['the-key'],
      body: { kind: 'text', value: '{"中文":1}' },
      properties: { colour: 'red' },
    })
    expect(sent.status).toBe('SEND_OK')
    const byKey = await until(
      'by key',
      () => api.message.byKey({ ...ofTopic, key: 'the-key' }),
      ({ rows }) => rows.length === 1,
    )
    expect(byKey.rows[0]).toMatchObject({
      uniqueId: sent.uniqueId,
      offsetId: sent.offsetId,
      queueOffset: sent.queueOffset,
      tag: 'TagZ',
    })
    expect((await api.message.byId({ ...at, id: sent.uniqueId })).rows).toMatchObject([{ offsetId: sent.offsetId }])
    expect((await api.message.byId({ ...at, id: sent.offsetId })).rows).toMatchObject([{ uniqueId: sent.uniqueId }])
    const place = { ...ofTopic, broker: sent.broker, queueId: sent.queueId, queueOffset: sent.queueOffset }
    const view = await api.message.byOffset(place)
    expect(view).toMatchObject({
      body: { text: '{"中文":1}', json: true },
      userProperties: { colour: 'red' },
      crcOk: true,
    })
    const events = await all(
      (await api.message.scan({
        ...ofTopic,
        from: Date.now() - 3_600_000,
        order: 'newest',
        limit: 10_000,
      })) as AsyncIterable<ScanEvent>,
    )
    const rows = events.flatMap((event) => (event.type === 'rows' ? event.rows : []))
    expect(rows).toHaveLength(SENT + 1)
    expect(new Set(rows.map(({ offsetId }) => offsetId)).size).toBe(SENT + 1)
    expect(rows.map(({ storedAt }) => storedAt)).toEqual(rows.map(({ storedAt }) => storedAt).sort((a, b) => b - a))
    expect(events.at(-1)).toMatchObject({ type: 'end', why: 'range-done', notRead: [], cursor: null })
  })

  it('goes on from a cursor without losing or repeating a message', async (context) => {
    java(context)
    for (const order of ['newest', 'oldest'] as const) {
      const seen: string[] = []
      let cursor: Extract<ScanEvent, { type: 'end' }>['cursor'] | undefined
      for (let round = 0; round < 20 && cursor !== null; round++) {
        const input = { ...ofTopic, order, limit: 150, ...(cursor === undefined ? {} : { cursor }) }
        const events: ScanEvent[] = await all((await api.message.scan(input)) as AsyncIterable<ScanEvent>)
        for (const event of events) if (event.type === 'rows') seen.push(...event.rows.map(({ offsetId }) => offsetId))
        const end = events.at(-1)
        cursor = end?.type === 'end' ? end.cursor : null
      }
      expect({ order, seen: seen.length, distinct: new Set(seen).size }).toEqual({
        order,
        seen: SENT + 1,
        distinct: SENT + 1,
      })
    }
  })

  it('CN6: sees a stock consumer: its client, queues, subscription, and a lag that ends at 0', async (context) => {
    const found = java(context)
    consumer = launchJava({ ...found, ...stock(), main: 'org.apache.rocketmq.example.quickstart.Consumer' })
    const group = await until(
      'lag 0',
      () => api.group.get(ofGroup),
      (view) => value(view.row.lag) === 0 && view.clients.length === 1,
    ).catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${consumer?.output.slice(-500)}`)
    })
    expect(group.clients[0]).toMatchObject({ language: 'JAVA', version: '5.5.0' })
    expect(group.row).toMatchObject({ mode: { model: 'CLUSTERING', how: 'push' }, topics: [TOPIC] })
    const clientId = group.clients[0]?.clientId ?? ''
    const owned = await until(
      'owners',
      () => api.group.get(ofGroup),
      ({ queues }) => queues.filter(({ topic }) => topic === TOPIC).every(({ owner }) => value(owner) === clientId),
    )
    expect(owned.queues.filter(({ topic }) => topic === TOPIC)).toHaveLength(4)
    const running = await api.group.running({ ...ofGroup, clientId, stack: true })
    expect(running.stack).toMatch(/ConsumeMessageThread|java\.lang\.Thread/)
    expect(running.subscriptions.map(({ topic }) => topic)).toContain(TOPIC)
    expect(await api.group.subscriptions(ofGroup)).toMatchObject({
      group: [{ topic: TOPIC, expression: '*' }],
      disagreements: [],
    })
    const clients = await api.client.list({ ...at, role: ['consumer'] })
    expect(clients.rows.map((row) => row.clientId)).toContain(clientId)
  })

  it('CN5: agrees with mqadmin consumerProgress on the lag of every queue', async (context) => {
    const found = java(context)
    const { output } = await mqadmin(found, ['consumerProgress', '-n', cluster?.namesrv ?? '', '-g', GROUP])
    const theirs = [...output.matchAll(/^TopicTest\s+\S+\s+(\d+)\s+(\d+)\s+(\d+)/gm)]
      .map((row) => row.slice(1, 4).join(' '))
      .sort()
    expect(theirs).toHaveLength(4)
    const { queues } = await api.group.get(ofGroup)
    const ours = queues
      .filter(({ topic }) => topic === TOPIC)
      .map((row) => `${row.queueId} ${value(row.max)} ${value(row.committed)}`)
      .sort()
    expect(ours).toEqual(theirs)
  })

  it('the doctor finds nothing wrong with a client that reads, and the letter that is wrong in a topic', async (context) => {
    java(context)
    const examine = async (topic: string) =>
      (await api.doctor.examine({ ...at, topic, group: GROUP, address: cluster?.namesrv ?? '' })).checks
    const sound = await until(
      'sound',
      () => examine(TOPIC),
      (checks) => checks.some(({ finding }) => finding === 'subscribed'),
    )
    expect(sound.filter(({ finding }) => findings[finding] === 'bad')).toEqual([])
    expect(sound.map(({ finding }) => finding)).toEqual(
      expect.arrayContaining(['groupClients', 'subscribed', 'enoughQueues']),
    )
    expect((await examine('TopicTets')).map(({ finding }) => finding)).toEqual(expect.arrayContaining(['topicSimilar']))
  })

  it('CN13: tells who has consumed a message, and lets a client consume it again', async (context) => {
    java(context)
    const { rows } = await api.message.byKey({ ...ofTopic, key: 'the-key' })
    const offsetId = rows[0]?.offsetId ?? ''
    await until(
      'consumed',
      () => api.message.track({ ...at, offsetId }),
      (track) => track.some((row) => row.group === GROUP && row.state === 'consumed'),
    )
    const clientId = (await api.group.clients(ofGroup))[0]?.clientId ?? ''
    const before = consumer?.output.match(/the-key/g)?.length ?? 0
    expect(await api.message.consumeDirectly({ ...ofGroup, offsetId, clientId, confirm: GROUP })).toMatchObject({
      result: 'CR_SUCCESS',
      clientId,
    })
    await until(
      'printed',
      async () => consumer?.output.match(/the-key/g)?.length ?? 0,
      (count) => count > before,
    )
    await expect(
      api.message.consumeDirectly({ ...ofGroup, offsetId, clientId: 'nobody@1', confirm: GROUP }),
    ).rejects.toThrow()
  })

  it('resends a message to one group through its retry topic', async (context) => {
    java(context)
    const { rows } = await api.message.byKey({ ...ofTopic, key: 'the-key' })
    const before = consumer?.output.match(/the-key/g)?.length ?? 0
    const sent = await api.message.resend({ ...ofGroup, offsetId: rows[0]?.offsetId ?? '', confirm: GROUP })
    expect(sent.status).toBe('SEND_OK')
    await until(
      'consumed again',
      async () => consumer?.output.match(/the-key/g)?.length ?? 0,
      (count) => count > before,
    )
  })

  it('CN8: shows what a reset will do, refuses it when clients left since, and has all delivered again', async (context) => {
    java(context)
    const preview = await api.group.resetPreview({ ...ofGroup, topics: [TOPIC], target: { kind: 'earliest' } })
    expect(preview).toMatchObject({
      again: { value: SENT + 1, missing: 0 },
      skipped: { value: 0 },
      clientsOnline: { value: 1 },
      refused: null,
    })
    expect(preview.warnings).toContain('clients-online')
    const printed = () => consumer?.output.match(/Receive New Messages/g)?.length ?? 0
    const before = printed()
    const result = await api.group.reset({ ...ofGroup, preview: preview.id, confirm: GROUP })
    expect(result).toMatchObject({ ok: 4, failed: 0 })
    expect(result.rows.map(({ after }) => after)).toEqual([0n, 0n, 0n, 0n])
    await until(
      'delivered again',
      async () => printed(),
      (count) => count > before,
    )
    await until(
      'lag 0 again',
      () => api.group.get(ofGroup),
      ({ row }) => value(row.lag) === 0,
    )

    const stale = await api.group.resetPreview({ ...ofGroup, topics: [TOPIC], target: { kind: 'earliest' } })
    await consumer?.stop()
    await until(
      'client gone',
      () => api.group.clients(ofGroup),
      (clients) => clients.length === 0,
    )
    await expect(api.group.reset({ ...ofGroup, preview: stale.id, confirm: GROUP })).rejects.toMatchObject({
      code: 'CONFLICT',
      cause: { kind: 'drift' },
    })
    const { queues } = await api.group.get(ofGroup)
    expect(queues.filter(({ topic }) => topic === TOPIC).every(({ lag }) => value(lag) === 0)).toBe(true)
  })

  it('CN3 and CN8: makes a group, and moves an offline one to a time, by queue, back by a count, and to another group’s place', async (context) => {
    java(context)
    const positions = async (group: string): Promise<Record<string, bigint | string>> => {
      const { queues } = await api.group.get({ ...at, group })
      return Object.fromEntries(
        queues.filter(({ topic }) => topic === TOPIC).map(({ queueId, committed }) => [queueId, value(committed)]),
      )
    }
    const move = async (group: string, target: Parameters<Api['group']['resetPreview']>[0]['target']) => {
      const preview = await api.group.resetPreview({ ...at, group, topics: [TOPIC], target })
      expect(preview.refused).toBeNull()
      expect(await api.group.reset({ ...at, group, preview: preview.id, confirm: group })).toMatchObject({ failed: 0 })
      return positions(group)
    }
    const end = await positions(GROUP)
    const shifted = await move(GROUP, { kind: 'shift', by: -10 })
    for (const [queue, place] of Object.entries(end)) expect(shifted[queue]).toBe(BigInt(place) - 10n)
    expect(await move(GROUP, { kind: 'time', at: Date.now() + 60_000 })).toEqual(end)
    const first = (await api.broker.list(at)).rows[0]?.name ?? ''
    expect(
      (await move(GROUP, { kind: 'offsets', offsets: [{ topic: TOPIC, broker: first, queueId: 2, offset: 7n }] }))['2'],
    ).toBe(7n)
    expect(await api.group.create({ ...at, group: 'GID_copy' })).toMatchObject({ failed: 0 })
    expect((await move('GID_copy', { kind: 'group', group: GROUP }))['2']).toBe(7n)
  })

  it('FI6: hands a filter script to every broker of ours, and says that Apache has none', async (context) => {
    java(context)
    const group = 'GID_filtered'
    const onGroup = { ...at, group }
    await api.group.create(onGroup)
    const source = 'function match(message) { return message.properties.amount > 10 }'
    const tried = { ...onGroup, source, timeLimitMs: 20 }
    const wanted = { ...tried, onFault: 'open' } as const
    if (name === 'an Apache cluster') {
      expect(await api.group.filter(onGroup)).toMatchObject([{ filter: { unknown: 'not-supported' } }])
      expect(await api.group.setFilter(wanted)).toMatchObject({ ok: 0, failed: 1 })
      await expect(api.group.tryFilter({ ...tried, message: { newestOf: TOPIC } })).rejects.toThrow(/9104/)
    } else {
      expect((await api.group.filter(onGroup)).map(({ filter }) => value(filter))).toEqual([null])
      const newest = await api.group.tryFilter({ ...tried, message: { newestOf: TOPIC } })
      expect(newest).toMatchObject({ verdict: 'left-out', fault: null, message: { topic: TOPIC } })
      const { offsetId } = newest.message
      const ofTopic = `function match(message) { return message.topic === "${TOPIC}" }`
      expect(await api.group.tryFilter({ ...tried, source: ofTopic, message: { id: offsetId } })).toMatchObject({
        ...{ verdict: 'passed', message: { offsetId } },
      })
      expect((await api.group.filter(onGroup)).map(({ filter }) => value(filter))).toEqual([null]) // it was only tried
      const refused = await api.group.setFilter({ ...wanted, source: 'function match(' })
      expect(refused).toMatchObject({
        failed: 1,
        rows: [{ error: expect.stringMatching(/cannot be used: SyntaxError/) }],
      })
      expect(await api.group.setFilter(wanted)).toMatchObject({ failed: 0, ok: 1 })
      const none = { passed: 0, leftOut: 0, faults: 0, lastFault: null, restsUntil: null }
      const held = { source, onFault: 'open', timeLimitMs: 20, ...none }
      expect((await api.group.filter(onGroup)).map(({ filter }) => value(filter))).toMatchObject([held])
      expect(await api.group.removeFilter(onGroup)).toMatchObject({ failed: 0 })
      expect((await api.group.filter(onGroup)).map(({ filter }) => value(filter))).toEqual([null])
    }
  })

  const on = { api: () => api, namesrv: () => cluster?.namesrv ?? '', java }
  tellsOfTraces(on)
  decidesWhatWaits(on)

  it('deletes a topic and a group after showing what that touches', async (context) => {
    java(context)
    const preview = await until(
      'impact',
      () => api.topic.deletePreview(ofTopic),
      ({ groups }) => groups.length === 2,
    )
    expect(preview).toMatchObject({ kept: { value: SENT + 1, missing: 0 }, unreachable: [], refused: null })
    await expect(api.topic.delete({ ...ofTopic, preview: preview.id, confirm: 'TopicTes' })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
    expect(await api.topic.delete({ ...ofTopic, preview: preview.id, confirm: TOPIC })).toMatchObject({ failed: 0 })
    expect((await api.topic.list({ ...at, q: TOPIC })).rows).toEqual([])
    for (const group of [GROUP, 'GID_copy']) {
      const gone = await api.group.deletePreview({ ...at, group })
      expect(await api.group.delete({ ...at, group, preview: gone.id, confirm: group })).toMatchObject({ failed: 0 })
    }
    expect((await api.group.names(at)).filter((name) => name === GROUP || name === 'GID_copy')).toEqual([])
    expect((await api.topic.list({ ...at, kind: ['retry'], q: GROUP })).rows).toEqual([])
    await expect(api.topic.get(ofTopic)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('changes settings within its list, takes and gives back writes, and writes all of it into the audit log', async (context) => {
    java(context)
    const key = (await api.broker.list(at)).rows[0]?.key ?? ''
    await expect(
      api.broker.configUpdate({ ...at, brokers: [key], changes: { listenPort: '1' } }),
    ).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(
      await api.broker.configUpdate({ ...at, brokers: [key], changes: { maxTransferCountOnMessageInMemory: '64' } }),
    ).toMatchObject({ ok: 1 })
    const { config } = await api.broker.get({ ...at, broker: key })
    expect(
      isKnown(config) && config.value.find((entry) => entry.key === 'maxTransferCountOnMessageInMemory')?.value,
    ).toBe('64')
    const brokerName = key.split(':')[0] ?? ''
    await api.broker.setWritable({ ...at, brokerName, writable: false })
    expect(value((await api.broker.list(at)).rows[0]?.writable ?? { unknown: 'no-sample-yet' })).toBe(false)
    await api.broker.setWritable({ ...at, brokerName, writable: true })
    expect(value((await api.broker.list(at)).rows[0]?.writable ?? { unknown: 'no-sample-yet' })).toBe(true)
    const { rows } = await api.audit.list({ size: 200 })
    const done = new Set(rows.map(({ action, result }) => `${action} ${result}`))
    for (const line of [
      'topic.create ok',
      'topic.create failed',
      'message.send ok',
      'message.read ok',
      'group.reset ok',
      'group.reset failed',
      'topic.delete ok',
      'broker.configUpdate failed',
      'broker.setWritable ok',
    ])
      expect(done).toContain(line)
    expect(JSON.stringify(rows)).not.toContain('中文')
  })
}
