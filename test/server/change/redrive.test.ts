// test/server/change/redrive.test.ts: what a redrive shows before it begins, and that it begins only when nothing moved.
import { beforeEach, expect, it } from 'vitest'
import type { WireMessage } from '../../../server/admin/records'
import { type FactsHeld, gathering } from '../../../server/audit/facts'
import { type DeadRef, deadRefOf, openRedrives, type Redrives } from '../../../server/change/redrive'
import { inputOf, planOf } from '../../../server/change/redrive-work'
import type { JobState, NewJob } from '../../../server/jobs/open'
import { DeskError } from '../../../server/shared/errors'
import type { RedrivePreviewInput } from '../../../server/shared/inputs'
import type { DeadMark, RedrivePreview } from '../../../server/shared/views'

const ID = (number: number): string => number.toString(16).toUpperCase().padStart(32, '0')

let dead: Map<string, WireMessage>
let marks: DeadMark[]
let begun: NewJob[]
let writable: Set<string>
let kept: Map<string, bigint>
let redrives: Redrives

const deadMessage = (number: number, properties: Record<string, string>): WireMessage => ({
  topic: '%DLQ%g',
  queueId: 0,
  queueOffset: BigInt(number),
  commitLogOffset: BigInt(number),
  preparedTransactionOffset: 0n,
  offsetId: ID(number),
  uniqueId: `U${number}`,
  storedAt: 1000 + number,
  bornAt: 0,
  storeHost: '',
  bornHost: '',
  flag: 0,
  sysFlag: 0,
  reconsumeTimes: 16,
  bodyCrc: 0,
  crcOk: true,
  compression: 'none',
  body: Buffer.from('x'),
  properties: new Map(Object.entries(properties)),
  tag: null,
  keys: [],
})
beforeEach(() => {
  dead = new Map([
    [ID(1), deadMessage(1, { RETRY_TOPIC: 'T' })],
    [ID(2), deadMessage(2, { DLQ_ORIGIN_TOPIC: 'T', RETRY_TOPIC: '%RETRY%g' })],
    [ID(3), deadMessage(3, {})],
  ])
  marks = []
  begun = []
  writable = new Set(['T', '%RETRY%g', 'Other'])
  kept = new Map()
  let clock = 5000
  redrives = openRedrives({
    admin: {
      names: {
        route: async (topic: string) =>
          writable.has(topic)
            ? {
                queues: [{ broker: 'b', readQueues: 1, writeQueues: 1, perm: 6 }],
                brokers: [{ name: 'b', id: 0, cluster: 'C', address: '127.0.0.1:1' }],
              }
            : null,
      } as unknown as Parameters<typeof openRedrives>[0]['admin']['names'], // only routes are asked
    },
    load: async (id) => {
      const found = dead.get(id)
      if (found === undefined) throw new DeskError('not-found', 'gone')
      return found
    },
    gather: async (_topic, _select, most) => {
      const refs = [...dead.values()].map((message): DeadRef => deadRefOf(message, 'b 0'))
      return { refs: refs.slice(0, most), more: refs.length > most, missing: [] }
    },
    keptOf: async () => kept,
    marks: { of: async (ids) => marks.filter(({ offsetId }) => ids.includes(offsetId)) },
    jobs: {
      create: async (job) => {
        begun.push(job)
        return { job } as unknown as JobState // only handed on
      },
      get: async () => ({}) as JobState, // not asked here
    },
    groupsOf: () => ['g', 'other'],
    now: () => ++clock,
  })
})
type More = Partial<Omit<RedrivePreviewInput, 'cluster' | 'group' | 'select'>>
const ids = (...numbers: number[]): RedrivePreviewInput['select'] => ({ kind: 'ids', offsetIds: numbers.map(ID) })
const all: RedrivePreviewInput['select'] = { kind: 'all' }
const preview = (select: RedrivePreviewInput['select'], more: More = {}): Promise<RedrivePreview> =>
  redrives.preview({ cluster: 'c', group: 'g', select, target: 'retry', again: false, ...more })
const apply = (shown: RedrivePreview, confirm = 'g') =>
  redrives.apply({ cluster: 'c', group: 'g', preview: shown.id, confirm, mostPerSecond: 0 }, { who: 'ann', from: '' })
const notesOf = ({ rows }: RedrivePreview) => rows.map(({ note }) => note)
const itemsOf = (job: NewJob | undefined) => job?.items.map((item) => `${item.title} ${inputOf(item).to}`)

it('begins a job that puts all of a group into its retry topic, in the order in which they died', async () => {
  const shown = await preview(all)
  expect(shown).toMatchObject({ total: 3, sends: 2, left: [{ note: 'no-origin', count: 1 }], more: false })
  await apply(shown)
  expect(itemsOf(begun[0])).toEqual(['U1 %RETRY%g', 'U2 %RETRY%g'])
  expect(begun[0]).toMatchObject({ id: shown.id, object: 'g' })
  expect(begun[0] && planOf(begun[0])).toMatchObject({ target: 'retry', brokers: { '%RETRY%g': ['b'] } })
})
it('puts them into the topic they came from and names the others who read there', async () => {
  const shown = await preview(ids(1), { target: 'origin' })
  expect(shown.readers).toEqual([{ topic: 'T', groups: ['other'] }])
  await apply(shown)
  expect(itemsOf(begun[0])).toEqual(['U1 T'])
})
it('puts them into a topic of choice, also those that came from nowhere, and never into a topic of the system', async () => {
  await apply(await preview(all, { target: 'topic', toTopic: 'Other' }))
  expect(itemsOf(begun[0])).toEqual(['U1 Other', 'U2 Other', 'U3 Other'])
  for (const toTopic of ['%DLQ%g', 'SCHEDULE_TOPIC_XXXX', ''])
    await expect(preview(all, { target: 'topic', toTopic })).rejects.toMatchObject({ kind: 'bad-input' })
})
it('tries the first few before the whole', async () => {
  const shown = await preview(all, { first: 1 })
  expect(shown).toMatchObject({ total: 1, more: true })
  await apply(shown)
  expect(itemsOf(begun[0])).toEqual(['U1 %RETRY%g'])
})
it('leaves out what is gone, came from nowhere, or has no place to go', async () => {
  expect(notesOf(await preview(ids(1, 3, 9)))).toEqual([null, 'no-origin', 'gone'])
  writable.clear()
  expect(notesOf(await preview(ids(1)))).toEqual(['no-topic'])
})
it('says that one was put back before, and does it again only when asked', async () => {
  marks = [{ offsetId: ID(1), storedAt: 1001, at: 9, certain: false }]
  const shown = await preview(ids(1))
  expect(shown).toMatchObject({ sends: 0, uncertain: 1, rows: [{ note: 'put-back', before: { certain: false } }] })
  await expect(apply(shown)).rejects.toMatchObject({ kind: 'bad-input' })
  await apply(await preview(ids(1), { again: true }))
  expect(begun).toHaveLength(1)
})
it('begins one job when one preview is applied twice', async () => {
  const shown = await preview(ids(1))
  const [first, again] = await Promise.all([apply(shown), apply(shown)])
  expect(again).toBe(first)
  expect(begun).toHaveLength(1)
})
it('finds that one was put back or taken by retention since the preview, and does nothing', async () => {
  for (const select of [all, ids(1, 2)]) {
    const shown = await preview(select)
    marks = [{ offsetId: ID(1), storedAt: 1001, at: 9, certain: true }]
    expect(await apply(shown).catch((error: unknown) => error)).toMatchObject({
      kind: 'drift',
      details: { preview: { left: expect.arrayContaining([{ note: 'put-back', count: 1 }]) } },
    })
    marks = []
  }
  const shown = await preview(all)
  kept = new Map([['b 0', 2n]])
  expect(await apply(shown).catch((error: unknown) => error)).toMatchObject({
    kind: 'drift',
    details: { preview: { rows: [{ offsetId: ID(1), note: 'gone' }, { note: null }, {}] } },
  })
  expect(begun).toEqual([])
})
it('wants the name of the group typed', async () => {
  await expect(apply(await preview(ids(1)), 'G')).rejects.toMatchObject({ kind: 'confirm-mismatch' })
  expect(begun).toEqual([])
})
it('takes no message of another queue for a dead one', async () => {
  dead.set(ID(4), { ...deadMessage(4, { RETRY_TOPIC: 'T' }), topic: 'T' })
  await expect(preview(ids(4))).rejects.toMatchObject({ kind: 'bad-input' })
})

it('says for the audit log where to, how many, and which', async () => {
  const shown = await preview(ids(1), { target: 'topic', toTopic: 'Other' })
  const held: FactsHeld = { facts: null }
  await gathering(held, () => apply(shown))
  const offsetId = shown.rows[0]?.offsetId
  expect(held.facts).toMatchObject({
    after: { target: 'topic', toTopic: 'Other', sends: 1, messages: [{ offsetId, to: 'Other' }] },
  })
})
