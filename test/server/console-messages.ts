// test/server/console-messages.ts: messages at a console: sent, searched, put back, followed, and hidden from whoever may not
// read them. Part of console.test.ts, which has the console.
import { expect, it } from 'vitest'
import { createCaller } from '../../server/root'
import type { ConsoleDesk } from '../../server/shared/desk'
import { grantsOf, rightsOf } from '../../server/shared/rights'
import type { ScanEvent } from '../../server/shared/views'
import { contextFor, publishedConsole } from '../../server/trpc/context'
import { at, type ConsoleHouse, kindOf, until } from './console-house'

export const TOPIC = 'console_topic'

export function sendsAndFinds({ http, live }: ConsoleHouse): void {
  it('takes a message and streams it back from a search, offsets as 64-bit integers', async () => {
    await http().topic.create.mutate({ ...at, topic: TOPIC, readQueues: 2, writeQueues: 2 })
    const sent = await http().message.send.mutate({
      ...at,
      topic: TOPIC,
      keys: ['k'],
      body: { kind: 'text', value: 'some text' },
    })
    expect(typeof sent.queueOffset).toBe('bigint')
    const { client, api } = live()
    const events = await new Promise<ScanEvent[]>((resolve, reject) => {
      const all: ScanEvent[] = []
      api.message.scan.subscribe(
        { ...at, topic: TOPIC },
        { onData: (event) => all.push(event), onComplete: () => resolve(all), onError: reject },
      )
    })
    // how far it is, it says as often as it takes
    const [plan, found, end, ...more] = events.filter(({ type }) => type !== 'progress')
    expect([plan?.type, found?.type, end?.type, more]).toEqual(['plan', 'rows', 'end', []])
    expect(events.at(-2)).toMatchObject({ type: 'progress', scanned: 1 })
    expect(found).toMatchObject({
      rows: [{ offsetId: sent.offsetId, queueOffset: sent.queueOffset, preview: 'some text' }],
    })
    client.close()
  })

  const previews = async (topic: string, more: object = {}): Promise<(string | null)[]> => {
    const { client, api } = live()
    const found = await new Promise<(string | null)[]>((resolve, reject) => {
      const rows: (string | null)[] = []
      api.message.scan.subscribe(
        { ...at, topic, ...more },
        {
          onData: (event) => event.type === 'rows' && rows.push(...event.rows.map(({ preview }) => preview)),
          onComplete: () => resolve(rows),
          onError: reject,
        },
      )
    })
    client.close()
    return found.sort()
  }

  it('sends in a transaction, at a time, and many at once; half messages wait for whoever decides', async () => {
    const topic = 'console_ways'
    await http().topic.create.mutate({ ...at, topic, readQueues: 2, writeQueues: 2 })
    const send = (value: string, more: object) =>
      http().message.send.mutate({ ...at, topic, body: { kind: 'text', value }, ...more })
    for (const end of ['commit', 'rollback', 'unknown'] as const)
      expect(await send(end, { transaction: { end, producerGroup: 'GID_maker' } })).toMatchObject({ ended: end })
    await send('later', { deliverAt: Date.now() + 1500 })
    expect(await kindOf(send('both', { deliverAt: 1, delayLevel: 3 }))).toBe('bad-input')
    const batch = await http().message.sendBatch.mutate({
      ...at,
      topic,
      messages: ['a', 'b', 'c'].map((value) => ({ body: { kind: 'text' as const, value }, keys: [value] })),
    })
    expect(batch).toMatchObject({ ok: 3, failed: 0, rows: [{ first: 0, count: 3, error: null }] })
    const all = ['a', 'b', 'c', 'commit', 'later']
    expect(
      await until(
        () => previews(topic),
        ({ length }) => length >= all.length,
      ),
    ).toEqual(all)
    expect(await previews(topic, { sql: "key = 'b'" })).toEqual(['b'])
    expect(await previews(topic, { regex: '^[ab]$' })).toEqual(['a', 'b'])
    expect((await http().waiting.transactions.query(at)).open).toMatchObject([{ producerGroup: 'GID_maker', topic }])
  })

  it('RT10: puts dead letters back by a job, each once, and a second time puts back none', async () => {
    const group = 'GID_console_dead'
    for (const topic of [`%DLQ%${group}`, 'console_revived'])
      await http().topic.create.mutate({ ...at, topic, readQueues: 2, writeQueues: 2 })
    const values = Array.from({ length: 150 }, (_, index) => `letter ${index}`)
    await http().message.sendBatch.mutate({
      ...at,
      topic: `%DLQ%${group}`,
      messages: values.map((value) => ({ body: { kind: 'text' as const, value } })),
    })
    const asked = {
      ...at,
      group,
      select: { kind: 'all' as const },
      target: 'topic' as const,
      toTopic: 'console_revived',
    }
    const shown = await http().dead.redrivePreview.query(asked)
    expect(shown).toMatchObject({ total: 150, sends: 150, more: false })
    const { id } = await http().dead.redrive.mutate({ ...at, group, preview: shown.id, confirm: group })
    const job = await until(
      () => http().job.get.query({ ...at, job: id }),
      ({ state }) => state !== 'running',
    )
    expect(job).toMatchObject({ state: 'done', counts: { done: 150, failed: 0, unsure: 0 } })
    expect(await previews('console_revived', { limit: 1000 })).toEqual([...values].sort())
    const items = await http().job.items.query({ ...at, job: id, size: 1 })
    expect(items.rows[0]).toMatchObject({ state: 'done', place: { queue: { topic: 'console_revived' } } })
    expect(await http().dead.redrivePreview.query(asked)).toMatchObject({
      sends: 0,
      left: [{ note: 'put-back', count: 150 }],
    })
    const few = { ...asked, select: { kind: 'all' as const, regex: 'letter 1$' }, again: true }
    expect(await http().dead.redrivePreview.query(few)).toMatchObject({ total: 1, sends: 1, twice: 1 })
  })

  it('keeps templates for whoever made them', async () => {
    await http().message.putTemplate.mutate({ name: 'order', draft: '{"a":1}' })
    await http().message.putTemplate.mutate({ name: 'order', draft: '{"a":2}' })
    const [kept, ...more] = await http().message.templates.query()
    expect(more).toEqual([])
    expect(kept).toMatchObject({ name: 'order', draft: '{"a":2}' })
    await http().message.removeTemplate.mutate({ id: kept?.id ?? '' })
    expect(await http().message.templates.query()).toEqual([])
    // A search of the same name is another thing.
    await http().message.putTemplate.mutate({ kind: 'search', name: 'order', draft: 'topic=Orders&tag=paid' })
    expect(await http().message.templates.query()).toEqual([])
    expect(await http().message.templates.query({ kind: 'search' })).toMatchObject([{ draft: 'topic=Orders&tag=paid' }])
  })

  it('follows a topic from the moment somebody looks', async () => {
    const { client, api } = live()
    const seen = await new Promise<string[]>((resolve, reject) => {
      const found: string[] = []
      let isSent = false
      const send = async (): Promise<void> => {
        isSent = true
        for (const value of ['one', 'two'])
          await http().message.send.mutate({ ...at, topic: TOPIC, body: { kind: 'text', value } })
      }
      const watching = api.message.tail.subscribe(
        { ...at, topic: TOPIC },
        {
          onData: ({ rows, missing }) => {
            found.push(...rows.map(({ preview }) => preview ?? ''))
            // Its first word says that it knows where the queues end, and has shown nothing of before.
            if (!isSent && missing.length === 0) void send().catch(reject)
            if (found.length < 2) return
            watching.unsubscribe()
            resolve(found)
          },
          onError: reject,
        },
      )
    })
    expect(seen.sort()).toEqual(['one', 'two'])
    client.close()
  })

  it('shows a viewer everything of a message but body and what was put beside it', async () => {
    const desk = publishedConsole()
    if (desk === undefined) throw new Error('the console was not published')
    const settings = (await http().auth.state.query()).me?.settings
    if (settings === undefined) throw new Error('nobody is signed in')
    const me = {
      name: 'v',
      role: 'viewer' as const,
      rights: rightsOf('viewer'),
      grants: grantsOf('viewer'),
      settings,
      signedInAt: 0,
      tryAs: null,
      source: 'local' as const,
    }
    const asViewer: ConsoleDesk = {
      ...desk,
      access: Object.assign(Object.create(desk.access) as ConsoleDesk['access'], {
        who: async () => ({ userId: 9, sessionId: 'v', me }),
      }),
    }
    const caller = createCaller(
      contextFor(
        asViewer,
        { from: '', agent: '', session: 'v' },
        { once: true, setSession: () => undefined, drained: async () => undefined },
      ),
    )
    const { rows } = await caller.message.byKey({ ...at, topic: TOPIC, key: 'k' })
    expect(rows).toMatchObject([{ preview: null, keys: ['k'] }])
    expect(await caller.message.get({ ...at, offsetId: rows[0]?.offsetId ?? '' })).toMatchObject({
      body: null,
      userProperties: null,
    })
    await expect(
      caller.message.scan({ ...at, topic: TOPIC, body: 'text' }).then(async (events) => {
        for await (const _ of events as AsyncIterable<ScanEvent>) return
      }),
    ).rejects.toMatchObject({ cause: { kind: 'not-allowed' } })
    await expect(
      caller.message.send({ ...at, topic: TOPIC, body: { kind: 'text', value: 'x' } }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
}
