// server/state.ts: the console's state kept and put back by the command line, beside a console that runs or in place of one
// that does not.
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { BackupError, finishRestore, type Restored, restoreBackup, writeBackup } from './db/backup'
import { keyMark } from './desk/backup'
import { openSeal } from './guard/seal'

export const backUpState = async (dataDir: string, target: string, version: string): Promise<void> => {
  const folder = join(dataDir, 'console')
  const file = join(folder, 'console.db')
  finishRestore(file)
  if (!existsSync(file)) throw new BackupError(`${folder} holds no console: name its folder with --data`)
  if (existsSync(target)) throw new BackupError(`${target} is there already: choose another name`)
  await writeBackup(file, target, { at: Date.now(), version, key: keyMark(openSeal(folder)) })
}

/** Without the key that lies beside the state, in `secret.key`, what was sealed is taken out and told. */
export const restoreState = (dataDir: string, backup: string): Promise<Restored> => {
  const folder = join(dataDir, 'console')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return restoreBackup(backup, join(folder, 'console.db'), { key: keyMark(openSeal(folder)), now: new Date() })
}
