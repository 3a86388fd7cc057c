// test/server/change/waiting.test.ts: deciding about messages that wait: only what was shown, only while it still waits.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Admin } from '../../../server/admin/open'
import type { WireMessage } from '../../../server/admin/records'
import { type FactsHeld, gathering } from '../../../server/audit/facts'
import { openWaitingActs } from '../../../server/change/waiting'
import type { AuditEntry } from '../../../server/shared/desk'
import { known } from '../../../server/shared/known'
import type { HalfRow, TimedRow, WaitingMessage } from '../../../server/shared/views'

const id = (digit: number): string => `7F000001000029${digit}F0000000000000${digit}00`
const key = (digit: number): string => `Orders/UNIQ${digit}`
const message = (digit: number, topic = 'Orders'): WaitingMessage => ({
  broker: 'broker-a',
  queueOffset: BigInt(digit),
  offsetId: id(digit),
  uniqueId: `UNIQ${digit}`,
  topic,
  keys: [],
  tag: null,
  bornAt: 1,
})
const half = (digit: number, topic?: string): HalfRow => ({
  ...message(digit, topic),
  producerGroup: 'GID_w',
  checks: 1,
  nextCheckAt: 0,
  producers: known(0, 1),
})
const timed = (digit: number, fixed: TimedRow['fixed'] = null): TimedRow => ({
  ...message(digit),
  dueAt: 5000,
  deliverAt: 5900,
  fixed,
})

describe('TX9 DL10: deciding about what waits', () => {
  let open: HalfRow[]
  let setAside: HalfRow[]
  let later: TimedRow[]
  let told: string[]
  /** Of what is looked at later. */
  let waits: (() => void)[]
  let lines: AuditEntry[]
  const by = { who: 'ann', from: '10.0.0.1' }
  const say = (words: unknown[]): Promise<void> => {
    told.push(words.join(' '))
    return Promise.resolve()
  }
  const admin = {
    masters: async () => [{ wireCluster: 'c', name: 'broker-a', id: 0, address: 'a:1' }],
    messages: {
      endTransaction: (address, ref, commit) =>
        say([address, commit ? 'commit' : 'rollback', ref.uniqueId, ref.producerGroup, ref.commitLogOffset]),
      resumeCheck: (address, offsetId) => say([address, 'resume', offsetId]),
      recall: (address, ref) => say([address, 'recall', ref.uniqueId, ref.deliverAt, ref.brokerName]),
    } satisfies Partial<Admin['messages']>,
  } as unknown as Admin // only what deciding needs is there
  const openActs = () =>
    openWaitingActs({
      admin,
      cluster: 'prod',
      halves: async () => ({ open, setAside, checksMax: 15, checkEveryMs: 1, more: false, missing: [], at: 1 }),
      timetable: async () => ({ levels: [], timed: later, timers: [], read: 0, kept: 0, missing: [], at: 1 }),
      load: async (offsetId) => ({ commitLogOffset: BigInt(Number(offsetId.slice(-3, -2)) * 1000) }) as WireMessage, // its place is all that is read
      groupsOf: (topic) => (topic === 'Orders' ? ['GID_r'] : []),
      log: () => undefined,
      audit: async (line) => void lines.push(line),
      sleep: () => new Promise<void>((go) => waits.push(go)),
      now: () => 1000,
    })
  let acts: ReturnType<typeof openActs>
  beforeEach(() => {
    open = [half(1), half(2), half(3, 'Payments')]
    setAside = [half(4)]
    later = [timed(5), timed(6, 'too-soon')]
    told = []
    waits = []
    lines = []
    acts = openActs()
  })
  const at = { cluster: 'prod' }

  it('commits, rolls back, resumes and calls back exactly what was shown', async () => {
    for (const [act, digit] of [
      ['commit', 1],
      ['rollback', 2],
      ['resume', 4],
      ['recall', 5],
    ] as const) {
      const preview = await acts.preview({ ...at, act, waiting: [key(digit)] })
      expect(preview).toMatchObject({ act, name: 'Orders', sends: 1, rows: [{ offsetId: id(digit), note: null }] })
      expect(await acts.apply({ ...at, preview: preview.id, confirm: 'Orders' }, by)).toMatchObject({
        ok: 1,
        failed: 0,
      })
    }
    expect(told).toEqual([
      'a:1 commit UNIQ1 GID_w 1000',
      'a:1 rollback UNIQ2 GID_w 2000',
      `a:1 resume ${id(4)}`,
      'a:1 recall UNIQ5 5000 broker-a',
    ])
  })
  it('names who will get what is committed, and asks for the cluster where topics differ', async () => {
    expect(await acts.preview({ ...at, act: 'commit', waiting: [key(1), 'Payments/UNIQ3'] })).toMatchObject({
      name: 'prod',
      readers: [
        { topic: 'Orders', groups: ['GID_r'] },
        { topic: 'Payments', groups: [] },
      ],
    })
  })
  it('shows the time a message was sent for, and calls it back by its slot', async () => {
    const preview = await acts.preview({ ...at, act: 'recall', waiting: [key(5)] })
    expect(preview.rows).toMatchObject([{ deliverAt: 5900, dueAt: 5000 }])
  })
  it('leaves out what waits no longer or is too near to its time, and does nothing when nothing is left', async () => {
    const preview = await acts.preview({ ...at, act: 'recall', waiting: [key(6), key(7)] })
    expect(preview).toMatchObject({ sends: 0, rows: [{ note: 'fixed' }, { note: 'gone' }] })
    await expect(acts.apply({ ...at, preview: preview.id, confirm: preview.name }, by)).rejects.toMatchObject({
      kind: 'bad-input',
    })
    expect(await acts.preview({ ...at, act: 'commit', waiting: [key(4)] })).toMatchObject({ sends: 0 }) // set aside
    expect(told).toEqual([])
  })
  it('does nothing when the name is wrong, or when one was answered since, and shows it as it is now', async () => {
    const preview = await acts.preview({ ...at, act: 'rollback', waiting: [key(1), key(2)] })
    await expect(acts.apply({ ...at, preview: preview.id, confirm: 'Order' }, by)).rejects.toMatchObject({
      kind: 'confirm-mismatch',
    })
    open = [half(2)]
    await expect(acts.apply({ ...at, preview: preview.id, confirm: 'Orders' }, by)).rejects.toMatchObject({
      kind: 'drift',
      details: {
        preview: {
          sends: 1,
          rows: [
            { note: 'gone', changed: true },
            { note: null, changed: false },
          ],
        },
      },
    })
    expect(told).toEqual([])
  })
  it('names the newest copy of a half message that was asked about meanwhile', async () => {
    const preview = await acts.preview({ ...at, act: 'commit', waiting: [key(1)] })
    open = [{ ...half(1), offsetId: id(8), queueOffset: 80n, checks: 2 }]
    expect(await acts.apply({ ...at, preview: preview.id, confirm: 'Orders' }, by)).toMatchObject({ ok: 1 })
    expect(told).toEqual(['a:1 commit UNIQ1 GID_w 8000'])
  })
  it('takes away the copy that a check makes of what was just decided, so that it is not delivered once more', async () => {
    const preview = await acts.preview({ ...at, act: 'commit', waiting: [key(1), key(2)] })
    await acts.apply({ ...at, preview: preview.id, confirm: 'Orders' }, by)
    // One is not noted as ended yet, the other was put again in the meantime.
    open = [half(1), { ...half(2), offsetId: id(8), queueOffset: 80n, checks: 2 }]
    const said = ['a:1 commit UNIQ1 GID_w 1000', 'a:1 commit UNIQ2 GID_w 2000', 'a:1 rollback UNIQ2 GID_w 8000']
    const look = async (nth: number): Promise<void> => {
      await vi.waitFor(() => expect(waits).toHaveLength(nth + 1))
      waits[nth]?.()
    }
    await look(0)
    await vi.waitFor(() => expect(told).toEqual(said))
    // And once more while that copy was taken away.
    open = [{ ...half(2), offsetId: id(9), queueOffset: 90n, checks: 3 }]
    await look(1)
    await vi.waitFor(() => expect(told).toEqual([...said, 'a:1 rollback UNIQ2 GID_w 9000']))
    open = []
    await look(2)
    await look(3)
    await new Promise<void>((go) => setImmediate(go))
    expect(waits).toHaveLength(4)
    expect(told).toHaveLength(4)
    // Nobody asked for these by themselves: they stand in the audit log under whoever decided.
    expect(lines).toMatchObject(
      [id(8), id(9)].map((offsetId) => ({
        ...by,
        cluster: 'prod',
        action: 'waiting.takeAway',
        object: 'Orders',
        after: expect.stringContaining(offsetId),
        result: 'ok',
      })),
    )
  })
  it('says for the audit log what was decided, of which messages', async () => {
    later = [timed(3)]
    for (const [act, digit] of [
      ['commit', 1],
      ['rollback', 1],
      ['recall', 3],
    ] as const) {
      const preview = await acts.preview({ ...at, act, waiting: [key(digit)] })
      const held: FactsHeld = { facts: null }
      await gathering(held, () => acts.apply({ ...at, preview: preview.id, confirm: 'Orders' }, by))
      const named = { topic: 'Orders', broker: 'broker-a', offsetId: id(digit), uniqueId: `UNIQ${digit}` }
      expect(held.facts).toMatchObject({ object: 'Orders', after: { act, sends: 1, messages: [named] } })
    }
  })
  it('does nothing twice, however often it is asked', async () => {
    const preview = await acts.preview({ ...at, act: 'commit', waiting: [key(1)] })
    const input = { ...at, preview: preview.id, confirm: 'Orders' }
    const both = await Promise.all([acts.apply(input, by), acts.apply(input, by)])
    expect(both[0]).toEqual(both[1])
    expect(told).toHaveLength(1)
  })
})
