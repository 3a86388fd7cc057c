// test/fault/killing-files.ts: the disk of a process that kills itself at a named point of its work: before an operation, after
// it, or in the middle of a write. So a crash is aimed at what happens seldom, and does not come there only by chance.
import type { Files, OpenFile } from '../../broker/file/files'

type Operation = 'create' | 'prepare' | 'write' | 'sync' | 'writeWhole' | 'rename' | 'remove'

/** Which operations a point is made of, and how often they come in a short life. */
export const killPoints = {
  'segment roll': { most: 8, is: on('/commitlog/', 'create', 'prepare') },
  'log write': { most: 200, is: on('/commitlog/', 'write') },
  'log sync': { most: 60, is: on('/commitlog/', 'sync') },
  checkpoint: { most: 12, is: on('/checkpoint', 'write', 'sync') },
  queue: { most: 60, is: on('/consumequeue/', 'create', 'write', 'sync') },
  index: { most: 40, is: on('/index/', 'create', 'write', 'sync') },
  config: { most: 24, is: on('/config/', 'writeWhole', 'rename') },
  /** Whatever changes the disk while the store opens. */
  recovery: { most: 24, is: () => true },
} as const satisfies Record<string, { most: number; is: (operation: Operation, path: string) => boolean }>
export type KillPoint = keyof typeof killPoints
export type KillMoment = 'before' | 'amid' | 'after'

function on(part: string, ...operations: Operation[]): (operation: Operation, path: string) => boolean {
  return (operation, path) => operations.includes(operation) && path.includes(part)
}

export interface Killing {
  readonly files: Files
  /** From here on recovery is over. */
  opened(): void
}

/** The process ends, as by `kill -9`, when it comes to `point` for the `nth` time. */
export function killingFiles(files: Files, point: KillPoint, nth: number, moment: KillMoment): Killing {
  let left = nth
  let isOpen = false
  const isHere = (operation: Operation, path: string): boolean => {
    if ((point === 'recovery') === isOpen || !killPoints[point].is(operation, path)) return false
    return --left === 0
  }
  const die = () => process.kill(process.pid, 'SIGKILL')
  const sync = <T>(operation: Operation, path: string, work: () => T): T => {
    const here = isHere(operation, path)
    if (here && moment !== 'after') die()
    const result = work()
    if (here) die()
    return result
  }
  const late = async <T>(operation: Operation, path: string, work: () => Promise<T>): Promise<T> => {
    const here = isHere(operation, path)
    if (here && moment === 'before') die()
    const under = work()
    if (here && moment === 'amid') die()
    const result = await under
    if (here) die()
    return result
  }
  const half = (buffers: readonly Buffer[]): Buffer[] => {
    const bytes = Buffer.concat(buffers)
    return [bytes.subarray(0, bytes.length >> 1)]
  }
  const wrapped = (file: OpenFile): OpenFile => ({
    path: file.path,
    readSync: (into, position) => file.readSync(into, position),
    read: (into, position) => file.read(into, position),
    writeSync(buffers, position) {
      const here = isHere('write', file.path)
      if (here && moment === 'before') die()
      file.writeSync(here && moment === 'amid' ? half(buffers) : buffers, position)
      if (here) die()
    },
    async write(buffers, position) {
      const here = isHere('write', file.path)
      if (here && moment === 'before') die()
      await file.write(here && moment === 'amid' ? half(buffers) : buffers, position)
      if (here) die()
    },
    sync: () => late('sync', file.path, () => file.sync()),
    allocatedBytes: () => file.allocatedBytes(),
    close: () => file.close(),
  })
  return {
    opened: () => {
      isOpen = true
    },
    files: {
      open: (path) => wrapped(files.open(path)),
      create: (path, sizeBytes) => wrapped(sync('create', path, () => files.create(path, sizeBytes))),
      prepare: (path, sizeBytes) => late('prepare', path, () => files.prepare(path, sizeBytes)),
      list: (folder) => files.list(folder),
      readWhole: (path) => files.readWhole(path),
      writeWhole: (path, content) => late('writeWhole', path, () => files.writeWhole(path, content)),
      rename: (from, to) => late('rename', to, () => files.rename(from, to)),
      remove: (path) => late('remove', path, () => files.remove(path)),
      syncFolder: (folder) => late('sync', folder, () => files.syncFolder(folder)),
      lock: (folder) => files.lock(folder),
      usedRatio: (folder) => files.usedRatio(folder),
    },
  }
}
