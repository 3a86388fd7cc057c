// test/server/change/reset.test.ts: a reset is compared with its preview: what changed in a way that matters stops it,
// a group that merely goes on reading does not, and applying twice does nothing twice.
import { afterEach, describe, expect, it } from 'vitest'
import { openAdmin } from '../../../server/admin/open'
import { type FactsHeld, gathering } from '../../../server/audit/facts'
import { openResets, type Resets, type Snapshots } from '../../../server/change/reset'
import { DeskError } from '../../../server/shared/errors'
import { unknown } from '../../../server/shared/known'
import type { ResetPreview } from '../../../server/shared/views'
import { json, openWirePeer, type WirePeer } from '../../support/wire-peer'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** Two queues of a topic on one broker, as a test sets them; 222 writes where the group stands. */
interface World {
  resets: Resets
  broker: WirePeer
  min: number[]
  max: number[]
  committed: (number | null)[]
  clients: number
  version: string
  /** What a client commits as soon as it was moved. */
  commitsAt: number | null
  /** Where the group stood before something was done to it. */
  kept: Parameters<Snapshots['keep']>[0][]
  /** More of the broker's table of offsets. */
  more: string
}
const world = async (): Promise<World> => {
  const made: Omit<World, 'resets' | 'broker'> = {
    min: [0, 0],
    max: [100, 50],
    committed: [60, 50],
    clients: 0,
    version: 'V5_5_0',
    commitsAt: null,
    kept: [],
    more: '',
  }
  const key = (id: number) => `{"brokerName":"broker-a","queueId":${id},"topic":"T"}`
  const broker = await openWirePeer({
    28: () => json({ table: { brokerVersionDesc: made.version } }),
    43: () =>
      json(
        `{"offsetTable":{"T@g":{${made.committed.flatMap((at, id) => (at === null ? [] : [`${id}:${at}`])).join()}},"T@other":{0:7}${made.more}}}`,
      ),
    202: () =>
      json(
        `{"offsetTable":{${made.min.map((min, id) => `${key(id)}:{"lastUpdateTimestamp":1000,"maxOffset":${made.max[id]},"minOffset":${min}}`).join()}}}`,
      ),
    208: (request) =>
      json(
        request.ext.topic !== 'T'
          ? '{"offsetTable":{}}'
          : `{"offsetTable":{${made.min.map((_, id) => `${key(id)}:{"brokerOffset":${made.max[id]},"consumerOffset":${made.committed[id] ?? 0},"lastTimestamp":1}`).join()}}}`,
      ),
    203: () =>
      made.clients === 0
        ? { code: 206, remark: 'not online' }
        : json({
            connectionSet: [{ clientId: 'c1' }],
            messageModel: 'CLUSTERING',
            subscriptionTable: { T: { topic: 'T', subString: '*' } },
          }),
    29: () => ({ code: 0, ext: { offset: '40' } }),
    11: () => ({ code: 19, ext: { nextBeginOffset: '0', minOffset: '0', maxOffset: '0', suggestWhichBrokerId: '0' } }),
    222: (request) => {
      made.committed[Number(request.ext.queueId)] = made.commitsAt ?? Number(request.ext.offset)
      return json({ offsetTable: {} })
    },
    15: (request) => {
      made.committed[Number(request.ext.queueId)] = Number(request.ext.commitOffset)
      return { code: 0 }
    },
    14: (request) => ({ code: 0, ext: { offset: String(made.committed[Number(request.ext.queueId)] ?? 0) } }),
  })
  const namesrv = await openWirePeer({
    106: () =>
      json(
        `{"brokerAddrTable":{"broker-a":{"brokerAddrs":{0:"${broker.address}"},"brokerName":"broker-a","cluster":"C"}}}`,
      ),
    105: (request) =>
      request.ext.topic === 'gone'
        ? { code: 17, remark: 'no route' }
        : json({
            brokerDatas: [{ brokerName: 'broker-a', cluster: 'C', brokerAddrs: { '0': broker.address } }],
            queueDatas: [{ brokerName: 'broker-a', perm: 6, readQueueNums: 2, writeQueueNums: 2 }],
          }),
  })
  const admin = openAdmin({ namesrv: [namesrv.address], longestTimeoutMs: 300 })
  ends.push(
    () => broker.close(),
    () => namesrv.close(),
    () => admin.close(),
  )
  const snapshots: Snapshots = {
    keep: async (of) => `s${made.kept.push(of)}`,
    find: async (group, id) => {
      const found = made.kept[Number(id.slice(1)) - 1]
      return found?.group === group ? { at: 7, queues: [...found.queues] } : null
    },
  }
  const resets = openResets({ admin, snapshots })
  return Object.assign(made, { broker, resets })
}
const ask = (one: World, target: Parameters<Resets['preview']>[0]['target']): Promise<ResetPreview> =>
  one.resets.preview({ cluster: 'c', group: 'g', topics: [], target })
const apply = (one: World, preview: ResetPreview) =>
  one.resets.apply({ cluster: 'c', group: 'g', preview: preview.id, confirm: 'g' }, 'li.wei')
const fault = async (work: Promise<unknown>): Promise<DeskError> => {
  const error = await work.then(
    () => null,
    (found: unknown) => found,
  )
  if (!(error instanceof DeskError)) throw new Error(`expected a refusal, got ${String(error)}`)
  return error
}

it('says for the audit log where each queue stood and where it stands now, and of what was not done only what was asked', async () => {
  const one = await world()
  const held: FactsHeld = { facts: null }
  const go = async (preview: ResetPreview) =>
    gathering(held, () => one.resets.apply({ cluster: 'c', group: 'g', preview: preview.id, confirm: 'g' }, 'li.wei'))
  await go(await ask(one, { kind: 'earliest' }))
  expect(held.facts).toMatchObject({
    before: {
      queues: [
        { queue: 'T broker-a 0', offset: 60n },
        { queue: 'T broker-a 1', offset: 50n },
      ],
    },
    after: { target: { kind: 'earliest' }, queues: [{ queue: 'T broker-a 0', offset: 0n }, { offset: 0n }] },
  })
  const shown = await ask(one, { kind: 'earliest' })
  one.clients = 1
  await expect(go(shown)).rejects.toThrow()
  expect(held.facts).toEqual({ after: { target: { kind: 'earliest' } } })
})

describe('a preview', () => {
  it('says per queue what is delivered again and what is skipped', async () => {
    const one = await world()
    const preview = await ask(one, {
      kind: 'offsets',
      offsets: [
        { topic: 'T', broker: 'broker-a', queueId: 0, offset: 50n },
        { topic: 'T', broker: 'broker-a', queueId: 1, offset: 9999n },
      ],
    })
    expect(
      preview.rows.map(({ change, after, note }) =>
        [change, after, note].map((part) =>
          part !== null && typeof part === 'object' && 'value' in part ? part.value : part,
        ),
      ),
    ).toEqual([
      [-10, 50n, null],
      [0, 50n, 'clamped'],
    ])
    expect(preview).toMatchObject({
      again: { value: 10 },
      skipped: { value: 0 },
      lagNow: { value: 40 },
      lagAfter: { value: 50 },
      warnings: ['clamped', 'group-offline'],
    })
  })
  it('takes the newest when no message is as young as the time, and the oldest kept when it is too old', async () => {
    const one = await world()
    const late = await ask(one, { kind: 'time', at: 5000 })
    expect(late.rows).toMatchObject([{ after: { value: 100n }, note: 'none-after-time' }, { after: { value: 50n } }])
    one.min = [55, 0]
    expect((await ask(one, { kind: 'time', at: 500 })).rows).toMatchObject([
      { after: { value: 55n }, note: 'clamped' },
      { after: { value: 40n } },
    ])
  })
  it('lists the queues of a silent broker and never guesses them', async () => {
    const one = await world()
    one.broker.silent = true
    const preview = await ask(one, { kind: 'earliest' }).catch((error: unknown) => error)
    // Without an answer nothing says which topics the group reads: asked by name they are listed.
    expect(preview).toMatchObject({ refused: 'no-queues' })
    const named = await one.resets.preview({ cluster: 'c', group: 'g', topics: ['T'], target: { kind: 'earliest' } })
    expect(named.rows).toMatchObject([
      { after: { unknown: 'broker-silent' }, note: 'broker-silent' },
      { after: { unknown: 'broker-silent' } },
    ])
    expect(named.again).toEqual(unknown('broker-silent'))
  })
})
describe('applying', () => {
  it('does what was shown, once, however often it is asked', async () => {
    const one = await world()
    const preview = await ask(one, { kind: 'earliest' })
    const first = await apply(one, preview)
    expect(first).toMatchObject({
      ok: 2,
      failed: 0,
      rows: [
        { before: 60n, after: 0n, now: 0n },
        { before: 50n, after: 0n, now: 0n },
      ],
    })
    one.committed = [30, 30]
    expect(await apply(one, preview)).toEqual(first)
    expect(one.committed).toEqual([30, 30])
    expect(one.broker.asked.get(222)).toBe(2)
  })
  it('does nothing when somebody moved the group back meanwhile, and shows the new plan', async () => {
    const one = await world()
    const preview = await ask(one, { kind: 'time', at: 500 })
    one.committed = [10, 50]
    const error = await fault(apply(one, preview))
    expect(error.kind).toBe('drift')
    expect(one.broker.asked.get(222)).toBeUndefined()
    const shown = error.details.preview
    expect(shown?.kind === 'reset' && shown.rows.map(({ changed }) => changed)).toEqual([true, false])
    if (shown?.kind === 'reset') expect(await apply(one, shown)).toMatchObject({ ok: 2, failed: 0 })
  })
  it('goes on when the group merely read on, and stops when clients came', async () => {
    const one = await world()
    const reading = await ask(one, { kind: 'earliest' })
    one.committed = [80, 50]
    expect(await apply(one, reading)).toMatchObject({ ok: 2 })
    const offline = await ask(one, { kind: 'latest' })
    one.clients = 1
    expect((await fault(apply(one, offline))).kind).toBe('drift')
  })
  it('tells what was set and what stands now, when a client has committed again at once', async () => {
    const one = await world()
    one.clients = 1
    one.commitsAt = 60
    const preview = await ask(one, { kind: 'earliest' })
    const { rows } = await apply(one, preview)
    expect(rows).toMatchObject([
      { before: 60n, after: 0n, now: 60n },
      { before: 50n, after: 0n, now: 60n },
    ])
  })
  it('puts back to where the group stood when it was moved, not when it was looked at', async () => {
    const one = await world()
    const preview = await ask(one, { kind: 'earliest' })
    one.committed = [80, 50]
    expect((await apply(one, preview)).rows).toMatchObject([{ before: 80n }, { before: 50n }])
  })
  it('stops when what was to be skipped has been read', async () => {
    const one = await world()
    const preview = await ask(one, {
      kind: 'offsets',
      offsets: [{ topic: 'T', broker: 'broker-a', queueId: 0, offset: 70n }],
    })
    one.committed = [90, 50]
    expect((await fault(apply(one, preview))).kind).toBe('drift')
  })
  it('wants the group’s name and a preview of this group', async () => {
    const one = await world()
    const preview = await ask(one, { kind: 'earliest' })
    expect(
      (await fault(one.resets.apply({ cluster: 'c', group: 'g', preview: preview.id, confirm: 'G' }, 'li.wei'))).kind,
    ).toBe('confirm-mismatch')
    expect(
      (await fault(one.resets.apply({ cluster: 'c', group: 'h', preview: preview.id, confirm: 'h' }, 'li.wei'))).kind,
    ).toBe('preview-expired')
    expect(
      (await fault(one.resets.apply({ cluster: 'c', group: 'g', preview: 'none', confirm: 'g' }, 'li.wei'))).kind,
    ).toBe('preview-expired')
  })
  it('never sends a broker before 5.0 the reset that would move every queue', async () => {
    const one = await world()
    one.version = 'V4_9_8'
    const preview = await ask(one, {
      kind: 'offsets',
      offsets: [{ topic: 'T', broker: 'broker-a', queueId: 0, offset: 5n }],
    })
    expect(await apply(one, preview)).toMatchObject({ failed: 0 })
    expect(one.committed[0]).toBe(5)
    expect(one.broker.asked.get(222)).toBeUndefined()
  })
})

describe('where a group stood', () => {
  const standing = (one: World) => one.kept.at(-1)?.queues.map(({ queueId, offset }) => [queueId, offset])
  it('is kept before the first queue moves, those included that are not to move', async () => {
    const one = await world()
    const preview = await ask(one, { kind: 'earliest' })
    one.committed = [61, 50] // it read on since the preview
    const queues = [{ topic: 'T', broker: 'broker-a', queueId: 0 }]
    await one.resets.apply({ cluster: 'c', group: 'g', preview: preview.id, confirm: 'g', queues }, 'li.wei')
    expect(one.committed).toEqual([0, 50])
    expect(one.kept).toMatchObject([{ group: 'g', why: 'reset', who: 'li.wei' }])
    expect(standing(one)).toEqual([
      [0, 61n],
      [1, 50n],
    ])
  })
  it('is kept of all its queues, the retry topic included, however little was previewed, and of no topic that is gone', async () => {
    const one = await world()
    one.more = ',"%RETRY%g@g":{0:5},"gone@g":{0:1},"%RETRY%other@other":{0:3}'
    const queues = [{ topic: 'T', broker: 'broker-a', queueId: 0 }]
    const input = { cluster: 'c', group: 'g', topics: ['T'], queues, target: { kind: 'earliest' as const } }
    const preview = await one.resets.preview(input)
    expect(preview.rows).toHaveLength(1)
    await apply(one, preview)
    expect(one.committed).toEqual([0, 50])
    one.committed = [60, 50]
    await one.resets.keep('g', 'li.wei')
    const all = [
      ['%RETRY%g', 0, 5n],
      ['T', 0, 60n],
      ['T', 1, 50n],
    ]
    expect(
      one.kept.map((of) =>
        of.queues
          .map(({ topic, queueId, offset }) => [topic, queueId, offset])
          .sort((a, b) => (String(a) < String(b) ? -1 : 1)),
      ),
    ).toEqual([all, all])
  })
  it('is a target of its own, days later, and is held to what is kept by then', async () => {
    const one = await world()
    await apply(one, await ask(one, { kind: 'earliest' }))
    one.min = [20, 51]
    one.max = [100, 60]
    const back = await ask(one, { kind: 'snapshot', id: 's1' })
    expect(back.snapshotAt).toBe(7)
    expect(back.rows.map(({ after, note }) => [after, note])).toMatchObject([
      [{ value: 60n }, null],
      [{ value: 51n }, 'clamped'],
    ])
    await apply(one, back)
    expect(one.committed).toEqual([60, 51])
  })
  it('is put back in the queues that it names, the retry topic too, and in no other', async () => {
    const one = await world()
    one.more = ',"%RETRY%g@g":{0:5}'
    one.kept.push({
      ...{ group: 'g', why: 'hand', who: null },
      queues: [
        { topic: 'T', broker: 'broker-a', queueId: 1, offset: 9n },
        { topic: '%RETRY%g', broker: 'broker-a', queueId: 0, offset: 2n },
      ],
    })
    const refs = [0, 1].flatMap((queueId) => ['%RETRY%g', 'T'].map((topic) => ({ topic, broker: 'broker-a', queueId })))
    const { rows } = await one.resets.preview({
      ...{ cluster: 'c', group: 'g', topics: ['%RETRY%g', 'T'], queues: refs },
      target: { kind: 'snapshot', id: 's1' },
    })
    expect(rows.map(({ topic, queueId }) => [topic, queueId])).toEqual([
      ['%RETRY%g', 0],
      ['T', 1],
    ])
    expect((await ask(one, { kind: 'snapshot', id: 's1' })).rows).toMatchObject(
      rows.map(({ topic, queueId }) => ({ topic, queueId })),
    )
  })
  it('is kept by hand without moving anything, and a snapshot of another group is none', async () => {
    const one = await world()
    expect(await one.resets.keep('g', 'li.wei')).toBe('s1')
    expect(one.committed).toEqual([60, 50])
    expect(one.kept).toMatchObject([{ why: 'hand', who: 'li.wei' }])
    expect((await fault(ask(one, { kind: 'snapshot', id: 's9' }))).kind).toBe('not-found')
  })
  it('stops a reset that it could not be written down for', async () => {
    const one = await world()
    const preview = await ask(one, { kind: 'earliest' })
    one.kept.push = () => {
      throw new Error('disk full')
    }
    await expect(apply(one, preview)).rejects.toThrow('disk full')
    expect(one.committed).toEqual([60, 50])
  })
})
