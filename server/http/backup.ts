// server/http/backup.ts: the console's state as a download, for an admin. A plain link of the browser asks for it, so it is a
// GET; it changes nothing but the audit log.
import { createReadStream, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import type { Caller, ConsoleDesk } from '../shared/desk'
import { faultOf, trpcErrorOf } from '../trpc/faults'
import { check } from '../trpc/procedure'

export const BACKUP_PATH = '/api/backup'

export interface BackupDoor {
  answer(request: IncomingMessage, response: ServerResponse): void
}
export interface BackupDoorOptions {
  desk: ConsoleDesk
  callerOf: (request: IncomingMessage) => Caller
  onError: (path: string, error: Error) => void
  refused: (request: IncomingMessage, why: string) => void
  /** Who reads nothing for so long is let go: until then nobody else is given a backup. */
  readWithinMs?: number
}
const READ_WITHIN_MS = 60_000

export const openBackupDoor = (options: BackupDoorOptions): BackupDoor => {
  const { desk, callerOf, onError, refused, readWithinMs = READ_WITHIN_MS } = options
  const run = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const caller = callerOf(request)
    const { me } = check(await desk.access.who(caller), 'console.admin')
    if (request.method !== 'GET') {
      response.writeHead(405, { allow: 'GET' }).end()
      return
    }
    await desk.audit.mustBeWritable()
    const began = performance.now()
    const note = (error: unknown) =>
      desk.audit.write({
        who: me.name,
        from: caller.from,
        cluster: null,
        action: 'console.backup',
        object: null,
        result: error === undefined ? 'ok' : 'failed',
        error: error === undefined ? null : String(error),
        tookMs: performance.now() - began,
      })
    try {
      const { file, name, discard } = await desk.backups.make()
      try {
        response.writeHead(200, {
          'content-type': 'application/octet-stream',
          'content-length': statSync(file).size,
          'content-disposition': `attachment; filename="${name}"`,
        })
        response.setTimeout(readWithinMs, () => response.destroy(new Error('nobody reads the backup')))
        await pipeline(createReadStream(file), response)
        response.setTimeout(0) // the connection may be used again
      } finally {
        discard()
      }
    } catch (error) {
      await note(error)
      throw error
    }
    await note(undefined)
  }
  return {
    answer(request, response) {
      response.setHeader('cache-control', 'no-store')
      run(request, response).catch((error: unknown) => {
        const translated = trpcErrorOf(error)
        const fault = faultOf(translated)
        if (fault.kind === 'internal' && !response.destroyed) onError(BACKUP_PATH, translated)
        if (fault.kind === 'not-signed-in' || fault.kind === 'not-allowed') refused(request, fault.text)
        if (response.headersSent) response.destroy()
        else
          response
            .writeHead(getHTTPStatusCodeFromError(translated), { 'content-type': 'text/plain; charset=utf-8' })
            .end(`${fault.text} ${fault.todo}\n`)
      })
    },
  }
}
