// test/server/http/backup.test.ts: who asks for a backup and does not read it keeps nobody else from one.
import { existsSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openBackupDoor } from '../../../server/http/backup'
import type { AuditEntry, ConsoleDesk } from '../../../server/shared/desk'
import { grantsOf } from '../../../server/shared/rights'
import { temporaryFolder } from '../../support/folders'

it('lets go of a reader that stands still, says so in the audit log, and takes the file away', async () => {
  const file = join(temporaryFolder('backup-door'), 'copy')
  writeFileSync(file, '')
  truncateSync(file, 256 * 1024 * 1024) // more than any socket holds for somebody
  let discarded = false
  const lines: AuditEntry[] = []
  const desk = {
    access: { who: async () => ({ userId: 1, sessionId: 's', me: { name: 'root', grants: grantsOf('admin') } }) },
    audit: { mustBeWritable: async () => undefined, write: async (line: AuditEntry) => void lines.push(line) },
    backups: { make: async () => ({ file, name: 'x.backup', discard: () => (discarded = true) }) },
  } as unknown as ConsoleDesk // what this door asks of it
  const door = openBackupDoor({
    desk,
    callerOf: () => ({ from: '10.0.0.1', agent: '', session: null }),
    onError: () => undefined,
    refused: () => undefined,
    readWithinMs: 100,
  })
  const server = createServer((request, response) => door.answer(request, response))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo // it listens on TCP
  const answer = await new Promise<IncomingMessage>((answered) =>
    get(`http://127.0.0.1:${port}/api/backup`, answered).on('error', () => undefined),
  )
  answer.on('error', () => undefined) // it is cut off, which is what is wanted
  expect(answer.statusCode).toBe(200)
  await expect.poll(() => lines, { timeout: 60_000 }).toMatchObject([{ action: 'console.backup', result: 'failed' }])
  expect(discarded).toBe(true)
  expect(existsSync(file)).toBe(true) // taking it away is left to whoever made it
  answer.destroy()
  server.closeAllConnections()
  await new Promise<void>((closed) => server.close(() => closed()))
})
