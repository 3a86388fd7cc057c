// test/server/audit/audit.test.ts: the audit log is read newest first, by whoever may, and says what there is to choose from.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openAudit } from '../../../server/audit/open'
import { type Database, openDatabase } from '../../../server/db/open'
import type { AuditDesk, AuditEntry } from '../../../server/shared/desk'
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
const list = (input: Parameters<typeof auditListInput.parse>[0], who: string | null = null) =>
  audit.list(auditListInput.parse(input), who)

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
  const page = await list({}, 'bob')
  expect(page).toMatchObject({ total: 1, matched: 1 })
  expect(page.facets.map(({ key }) => key)).toEqual(['who:bob', 'action:group.reset', 'result:ok'])
})
it('finds by a part of the object or the action', async () => {
  expect((await list({ q: 'of-b' })).matched).toBe(1)
  expect((await list({ q: 'delete' })).matched).toBe(1)
})
