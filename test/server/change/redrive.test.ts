// test/server/change/redrive.test.ts: a dead message is put back once; a second time says so, and what may have arrived is
// never sent again without being asked.
import { beforeEach, expect, it } from 'vitest'
import type { WireMessage } from '../../../server/admin/records'
import { openRedrives, type RedriveMark, type RedriveMarks, type Redrives } from '../../../server/change/redrive'
import { DeskError, PeerError } from '../../../server/shared/errors'
import type { RedrivePreview } from '../../../server/shared/views'

const ID = (number: number): string => number.toString(16).toUpperCase().padStart(32, '0')

let dead: Map<string, WireMessage>
let marks: RedriveMark[]
let sent: { id: string; topic: string; origin: string; redriveId: string }[]
let writable: Set<string>
let fails: Error | null
let redrives: Redrives

const message = (number: number, properties: Record<string, string>): WireMessage => ({
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
const memory: RedriveMarks = {
  of: async (ids) => marks.filter(({ offsetId }) => ids.includes(offsetId)),
  put: async (mark) => {
    marks = [...marks.filter(({ offsetId }) => offsetId !== mark.offsetId), mark]
  },
  drop: async ({ offsetId }) => {
    marks = marks.filter((one) => one.offsetId !== offsetId)
  },
}
beforeEach(() => {
  dead = new Map([
    [ID(1), message(1, { RETRY_TOPIC: 'T' })],
    [ID(2), message(2, { DLQ_ORIGIN_TOPIC: 'T', RETRY_TOPIC: '%RETRY%g' })],
    [ID(3), message(3, {})],
  ])
  marks = []
  sent = []
  writable = new Set(['T', '%RETRY%g'])
  fails = null
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
    putBack: async ({ offsetId }, way) => {
      if (fails !== null) throw fails
      sent.push({ id: offsetId, ...way })
      return { broker: 'b', queueId: 0, queueOffset: 77n }
    },
    marks: memory,
    groupsOf: () => ['g', 'other'],
    now: () => ++clock,
  })
})
const preview = (ids: number[], more: { target?: 'retry' | 'origin'; again?: boolean } = {}): Promise<RedrivePreview> =>
  redrives.preview({ cluster: 'c', group: 'g', offsetIds: ids.map(ID), target: 'retry', again: false, ...more })
const apply = (shown: RedrivePreview, confirm = 'g') =>
  redrives.apply({
    cluster: 'c',
    group: 'g',
    preview: shown.id,
    confirm,
    offsetIds: shown.rows.map(({ offsetId }) => offsetId),
  })
const notesOf = ({ rows }: RedrivePreview) => rows.map(({ note }) => note)

it('puts a message into the retry topic of its group with its topic of old, and says where it lies', async () => {
  const result = await apply(await preview([1, 2]))
  expect(sent.map(({ topic, origin }) => `${topic} ${origin}`)).toEqual(['%RETRY%g T', '%RETRY%g T'])
  expect(result).toMatchObject({ ok: 2, failed: 0 })
  expect(result.rows[0]).toMatchObject({ item: 'U1', queue: { topic: '%RETRY%g' }, after: 77n })
})
it('puts it into the topic it came from and names the others who read there', async () => {
  const shown = await preview([1], { target: 'origin' })
  expect(shown.readers).toEqual([{ topic: 'T', groups: ['other'] }])
  await apply(shown)
  expect(sent[0]?.topic).toBe('T')
})
it('leaves out what is gone, came from nowhere, or has no place to go', async () => {
  expect(notesOf(await preview([1, 3, 9]))).toEqual([null, 'no-origin', 'gone'])
  writable.clear()
  expect(notesOf(await preview([1]))).toEqual(['no-topic'])
})
it('says at a second time that it was put back, and does it again only when asked', async () => {
  await apply(await preview([1]))
  const second = await preview([1])
  expect(second).toMatchObject({ sends: 0, rows: [{ note: 'put-back', before: { certain: true } }] })
  await expect(apply(second)).rejects.toMatchObject({ kind: 'bad-input' })
  expect(sent).toHaveLength(1)
  await apply(await preview([1], { again: true }))
  expect(sent).toHaveLength(2)
})
it('does nothing twice when one preview is applied twice', async () => {
  const shown = await preview([1])
  const [first, again] = await Promise.all([apply(shown), apply(shown)])
  expect(again).toEqual(first)
  expect(sent).toHaveLength(1)
})
it('finds that somebody else put it back since the preview, and does nothing', async () => {
  const [mine, theirs] = [await preview([1]), await preview([1])]
  await apply(theirs)
  const refused = await apply(mine).catch((error: unknown) => error)
  expect(refused).toMatchObject({
    kind: 'drift',
    details: { preview: { rows: [{ changed: true, note: 'put-back' }] } },
  })
  expect(sent).toHaveLength(1)
})
it('remembers as uncertain what got no answer, and forgets what was refused', async () => {
  fails = new PeerError('silent', 'b', 'no answer')
  expect(await apply(await preview([1]))).toMatchObject({ ok: 0, failed: 1 })
  expect((await preview([1])).rows[0]).toMatchObject({ note: 'put-back', before: { certain: false } })
  fails = new PeerError('answered', 'b', 'busy', { kind: 'broker-busy', code: 215, codeName: null, remark: 'busy' })
  await apply(await preview([2]))
  expect((await preview([2])).rows[0]).toMatchObject({ note: null, before: null })
})
it('wants the name of the group typed', async () => {
  await expect(apply(await preview([1]), 'G')).rejects.toMatchObject({ kind: 'confirm-mismatch' })
  expect(sent).toEqual([])
})
it('takes no message of another queue for a dead one', async () => {
  dead.set(ID(4), { ...message(4, { RETRY_TOPIC: 'T' }), topic: 'T' })
  await expect(preview([4])).rejects.toMatchObject({ kind: 'bad-input' })
})
