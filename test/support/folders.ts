// test/support/folders.ts: temporary folders, gone when the process ends.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The top of this project. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

const made = new Set<string>()

export function temporaryFolder(label = 'test'): string {
  if (made.size === 0) process.once('exit', removeAll)
  const folder = mkdtempSync(join(tmpdir(), `rocketdeck-${label}-`))
  made.add(folder)
  return folder
}

export function removeFolder(folder: string): void {
  made.delete(folder)
  rmSync(folder, { recursive: true, force: true })
}

function removeAll(): void {
  for (const folder of made) {
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // A child that still writes there keeps it: the system's own cleaner takes it later.
    }
  }
}
