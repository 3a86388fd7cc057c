// server/desk/backup.ts: a backup that somebody takes away: made beside console.db, and gone once it was handed over. One at a
// time, since each is as large as the file itself.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from '../db/open'
import type { Seal } from '../guard/seal'
import type { BackupDesk } from '../shared/desk'
import { DeskError } from '../shared/errors'

const PREFIX = 'backup-'
/** Told by whoever has the key, and nothing about it. */
export const keyMark = (seal: Seal): string => seal.digest('the key of this console', 'backup')

export const openBackups = (database: Database, seal: Seal, folder: string, version: string): BackupDesk => {
  // What a kill left behind.
  for (const name of readdirSync(folder)) if (name.startsWith(PREFIX)) rmSync(join(folder, name), { recursive: true })
  let busy = false
  return {
    async make() {
      if (busy) throw new DeskError('budget', 'A backup is being made: wait for it.')
      busy = true
      const own = mkdtempSync(join(folder, PREFIX))
      const discard = (): void => {
        rmSync(own, { recursive: true, force: true })
        busy = false
      }
      try {
        const at = Date.now()
        const file = join(own, 'console.db')
        await database.backup(file, { at, version, key: keyMark(seal) })
        const day = new Date(at).toISOString().slice(0, 16).replaceAll(':', '')
        return { file, name: `rocketdeck-${day}.backup`, discard }
      } catch (error) {
        discard()
        throw error
      }
    },
  }
}
