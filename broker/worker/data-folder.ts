// broker/worker/data-folder.ts: the folder all parts of a process keep their files under: made, tried, and locked
// against a second process.
import { accessSync, constants, mkdirSync } from 'node:fs'
import { type FolderLock, lockFolder } from '../file/folder-lock'

/** Makes it if need be. Throws with a text for people when it cannot be used. */
export function prepareFolder(folder: string): void {
  inWords(folder, () => {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK | constants.X_OK)
  })
}

/** The same, and no second process may use it until the lock is released. */
export function takeDataFolder(folder: string): FolderLock {
  prepareFolder(folder)
  return inWords(folder, () => lockFolder(folder))
}

function inWords<T>(folder: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException // fs throws these, lockFolder its own
    if (code === undefined) throw error
    throw new Error(`the data folder ${folder} cannot be used: ${reasons[code] ?? message}`, { cause: error })
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'it may not be written by this user',
  EPERM: 'it may not be written by this user',
  EROFS: 'it lies on a read-only file system',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a file has its name',
}
