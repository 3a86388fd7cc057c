// broker/worker/data-folder.ts: the folder all parts of a process keep their files under: made, tried, and locked
// against a second process.
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { type FolderLock, lockFolder } from '../file/folder-lock'

/** Makes it if need be. Throws with a text for people when it cannot be used. */
export function prepareFolder(folder: string): void {
  inWords(folder, () => {
    makeFolder(folder)
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'EEXIST' })
    accessSync(folder, constants.W_OK | constants.X_OK)
  })
}

/**
 * Makes a folder and those above it, one by one: where a file system only pretends (as /proc does), Node's own recursive
 * way tries for ever.
 */
function makeFolder(folder: string): void {
  const parent = dirname(folder)
  if (existsSync(folder)) return
  if (parent !== folder) makeFolder(parent)
  try {
    mkdirSync(folder)
  } catch (error) {
    if (!existsSync(folder)) throw error // another process was faster
  }
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
  ENOENT: 'its file system makes no folders',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'it is a file, not a folder',
}
