// test/client/console-waiting.ts: transactions without an answer and messages before their time, seen and decided from the
// console; run by console-on.ts on our cluster and on Apache's, after console-traces.ts left three transactions open.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { isKnown } from '../../server/shared/known'
import type { WaitingAct, WaitingMessage } from '../../server/shared/views'
import { waitingKey } from '../../server/shared/waiting-key'
import { type On, TOPIC } from './console-traces'

const at = { cluster: 'c' }
export const decidesWhatWaits = ({ api, java }: On): void => {
  const until = async <T>(ask: () => Promise<T>, good: (found: T) => boolean): Promise<T> => {
    const end = Date.now() + 60_000
    for (;;) {
      const found = await ask()
      if (good(found) || Date.now() > end) return found
      await sleep(200)
    }
  }
  const act = async (what: WaitingAct, rows: readonly WaitingMessage[]) => {
    const preview = await api().waiting.preview({ ...at, act: what, waiting: rows.map(waitingKey) })
    expect(preview).toMatchObject({ act: what, sends: rows.length })
    await expect(api().waiting.decide({ ...at, preview: preview.id, confirm: 'else' })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
    return api().waiting.decide({ ...at, preview: preview.id, confirm: preview.name })
  }

  it('TX9 TX6: shows transactions nobody answers, has them asked about again, commits and rolls back', async (context) => {
    java(context)
    const aside = await until(
      () => api().waiting.transactions(at),
      ({ setAside }) => setAside.length === 3,
    )
    expect(aside).toMatchObject({ open: [], checksMax: 8, checkEveryMs: 1000, missing: [], more: false })
    for (const row of aside.setAside)
      expect(row).toMatchObject({
        topic: TOPIC,
        producerGroup: 'GID_tracing_tx',
        keys: [expect.stringMatching(/^trace-open-/)],
      })
    const resumed = await act('resume', aside.setAside)
    expect(resumed).toMatchObject({ ok: 3, failed: 0 })
    const { open } = await until(
      () => api().waiting.transactions(at),
      (found) => found.open.length === 3,
    )
    expect(open.every(({ checks, producers }) => checks < 8 && isKnown(producers))).toBe(true)
    const [first, second] = open
    if (first === undefined || second === undefined) throw new Error('there are three')
    const stale = await api().waiting.preview({ ...at, act: 'commit', waiting: [waitingKey(second)] })
    // Checks go on meanwhile, and each puts them again under another offset id.
    expect(await act('commit', [first])).toMatchObject({ ok: 1, failed: 0 })
    expect(await act('rollback', [second])).toMatchObject({ ok: 1, failed: 0 })
    const left = await until(
      () => api().waiting.transactions(at),
      (found) => found.open.length + found.setAside.length === 1,
    )
    expect([...left.open, ...left.setAside]).toHaveLength(1)
    await expect(api().waiting.decide({ ...at, preview: stale.id, confirm: stale.name })).rejects.toMatchObject({
      code: 'CONFLICT',
      cause: { kind: 'drift' },
    })
    const kept = await api().message.byId({ ...at, topic: TOPIC, id: first.uniqueId ?? '' })
    expect(kept.rows).toHaveLength(1)
    expect((await api().message.byId({ ...at, topic: TOPIC, id: second.uniqueId ?? '' })).rows).toEqual([])
  })

  it('DL10: shows what waits for its time, and calls back what can be called back', async (context) => {
    java(context)
    const body = { kind: 'text', value: 'later' } as const
    const dueAt = Date.now() + 3_600_000
    const sent = await api().message.send({ ...at, topic: TOPIC, body, deliverAt: dueAt, keys: ['timed-one'] })
    await api().message.send({ ...at, topic: TOPIC, body, deliverAt: dueAt + 60_000 })
    await api().message.send({ ...at, topic: TOPIC, body, delayLevel: 18 })
    const table = await until(
      () => api().waiting.timetable(at),
      ({ timed, levels }) => timed.length === 2 && levels[17]?.waiting === 1,
    )
    expect(table.levels).toHaveLength(18)
    expect(table.levels[17]).toMatchObject({ level: 18, delayMs: 7_200_000, waiting: 1, lateMs: 0 })
    expect(table.timers).toMatchObject([{ recall: true }])
    const [first, second] = table.timed
    if (first === undefined) throw new Error('there are two')
    expect(first).toMatchObject({ uniqueId: sent.uniqueId, topic: TOPIC, keys: ['timed-one'], fixed: null })
    expect(Math.abs(first.dueAt - dueAt)).toBeLessThanOrEqual(1000)
    expect(first.deliverAt).toBe(dueAt)
    const stale = await api().waiting.preview({ ...at, act: 'recall', waiting: [waitingKey(first)] })
    expect(await act('recall', [first])).toMatchObject({ ok: 1, failed: 0 })
    expect(
      (
        await until(
          () => api().waiting.timetable(at),
          ({ timed }) => timed.length === 1,
        )
      ).timed,
    ).toMatchObject([{ offsetId: second?.offsetId }])
    await expect(api().waiting.decide({ ...at, preview: stale.id, confirm: stale.name })).rejects.toMatchObject({
      cause: { kind: 'drift' },
    })
  })
}
