// test/server/audit/audit.test.ts: the audit log is read newest first, by whoever may, and says what there is to choose from.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openAudit } from '../../../server/audit/open'
import { type Database, openDatabase } from '../../../server/db/open'
import { audit as table } from '../../../server/db/schema'
import type { AuditDesk, AuditEntry, AuditView } from '../../../server/shared/desk'
import { auditListInput } from '../../../server/shared/inputs'

let folder: string
let database: Database
let audit: AuditDesk
let clock = 0
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rd-audit-'))
  database = await openDatabase({ file: join(folder, 'console.db'), thread: false })
  audit = openAudit(database.db, () => ++clock)
  const line = (who: string, action: string, result: AuditEntry['result']): Promise<void> =>
    audit.write({ who, from: '::1', cluster: 'c', action, object: `of-${who}`, result, tookMs: 1 })
  await line('ann', 'group.reset', 'ok')
  await line('ann', 'topic.delete', 'failed')
  await line('bob', 'group.reset', 'ok')
})
afterEach(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})
const list = (input: Parameters<typeof auditListInput.parse>[0], seen: AuditView = null) =>
  audit.list(auditListInput.parse(input), seen)

it('shows the newest first and counts what there is to choose from before filters', async () => {
  const page = await list({ action: 'topic.delete' })
  expect(page.rows.map(({ action }) => action)).toEqual(['topic.delete'])
  expect((await list({})).rows.map(({ who }) => who)).toEqual(['bob', 'ann', 'ann'])
  const facets = new Map(page.facets.map(({ key, count }) => [key, count]))
  expect(facets.get('who:ann')).toBe(2)
  expect(facets.get('action:group.reset')).toBe(2)
  expect(facets.get('result:failed')).toBe(1)
})
it('shows and counts only the own lines of who may read no others', async () => {
  const page = await list({}, { who: 'bob', clusters: [] })
  expect(page).toMatchObject({ total: 1, matched: 1 })
  expect(page.facets.map(({ key }) => key)).toEqual(['who:bob', 'action:group.reset', 'result:ok'])
})
it('shows the lines of the clusters whose log somebody may read beside their own, and no others', async () => {
  const at = { from: '::1', action: 'group.reset', object: 'g', result: 'ok', tookMs: 1 } as const
  await audit.write({ ...at, who: 'ann', cluster: 'far' })
  await audit.write({ ...at, who: 'ann', cluster: null })
  const of = async (seen: AuditView) => (await list({}, seen)).rows.map(({ who, cluster }) => `${who} ${cluster}`)
  expect(await of({ who: 'bob', clusters: ['far'] })).toEqual(['ann far', 'bob c'])
  expect(await of({ who: 'bob', clusters: ['other'] })).toEqual(['bob c'])
  expect(await of(null)).toHaveLength(5)
  const lines = []
  for await (const line of audit.lines(auditListInput.parse({}), { who: 'bob', clusters: ['far'] })) lines.push(line)
  expect(lines).toHaveLength(2)
})
it('finds by a part of the object or the action', async () => {
  expect((await list({ q: 'of-b' })).matched).toBe(1)
  expect((await list({ q: 'delete' })).matched).toBe(1)
})

it('vouches for every line by the one before it, and finds one that was changed, and one that was taken out', async () => {
  expect(await audit.verify()).toEqual({ checked: 3, unchained: 0, brokenAt: null })
  await database.db.update(table).set({ who: 'eve' }).where(eq(table.id, 2))
  expect(await audit.verify()).toMatchObject({ brokenAt: 2 })
  await database.db.update(table).set({ who: 'ann' }).where(eq(table.id, 2))
  expect(await audit.verify()).toMatchObject({ brokenAt: null })
  await database.db.delete(table).where(eq(table.id, 3))
  expect(await audit.verify()).toMatchObject({ checked: 2, brokenAt: 3 })
})
it('goes on with the chain after a restart, and forgets what is too old without breaking it', async () => {
  await audit.close()
  let at = 10
  const again = openAudit(database.db, () => at, { keptLines: 4 })
  const line = (object: string) =>
    again.write({ who: 'ann', from: '::1', cluster: null, action: 'x', object, result: 'ok', tookMs: 1 })
  await line('a')
  expect(await again.verify()).toMatchObject({ checked: 4, brokenAt: null })
  at += 2 * 3_600_000
  await line('b')
  expect(await again.verify()).toEqual({ checked: 4, unchained: 0, brokenAt: null })
  expect((await again.list(auditListInput.parse({}), null)).rows.map(({ object }) => object)).toEqual([
    'b',
    'a',
    'of-bob',
    'of-ann',
  ])
})
it('lets nobody wait for the file', async () => {
  await audit.close()
  await database.close()
  await audit.write({ who: 'ann', from: '::1', cluster: null, action: 'x', object: null, result: 'ok', tookMs: 1 })
  await expect(audit.close()).rejects.toThrow()
  database = await openDatabase({ file: join(folder, 'console.db'), thread: false })
})
it('turns away what needs a line while the file cannot be written, and tells afterwards how many got none', async () => {
  await audit.close()
  let broken = true
  const db: Database['db'] = new Proxy(database.db, {
    get: (real, key) => {
      if (key === 'insert' && broken) throw new Error('disk full')
      const value: unknown = Reflect.get(real, key)
      return typeof value === 'function' ? value.bind(real) : value
    },
  })
  const small = openAudit(db, () => ++clock, { mostWaiting: 3 })
  const line = (object: string) =>
    small.write({ who: 'ann', from: '::1', cluster: null, action: 'x', object, result: 'ok', tookMs: 1 })
  for (const object of ['a', 'b']) await line(object)
  await small.mustBeWritable()
  for (const object of ['c', 'd', 'e', 'f', 'g', 'h']) await line(object)
  await expect(small.mustBeWritable()).rejects.toMatchObject({
    kind: 'budget',
    message: 'The audit log cannot be written (disk full), and 6 lines wait for it.',
  })
  broken = false
  await small.mustBeWritable()
  const { rows } = await small.list(auditListInput.parse({}), null)
  expect(rows.map(({ object, after }) => object ?? after).slice(0, 7)).toEqual([
    '2 lines',
    'f',
    'e',
    'd',
    'c',
    'b',
    'a',
  ])
  expect(await small.verify()).toMatchObject({ brokenAt: null })
})
