// test/support/small-disk.ts: a disk of a few MiB that really fills up, or that really refuses to be written: a tmpfs of the
// test's own, where the user may mount one (root on Linux). Elsewhere there is none, and tests say so by their name.
import { spawnSync } from 'node:child_process'
import { temporaryFolder } from './folders'

export interface SmallDisk {
  readonly folder: string
  /** What is in it stays, and nothing more comes. */
  makeReadOnly(): void
  unmount(): void
}

const mount = (...args: string[]): boolean => spawnSync('mount', args, { stdio: 'ignore' }).status === 0
const release = (folder: string): void => void spawnSync('umount', ['-l', folder], { stdio: 'ignore' })

export const mayMount = ((): boolean => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const folder = temporaryFolder('mount')
  if (!mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder)) return false
  release(folder)
  return true
})()

export function smallDisk(sizeMiB: number): SmallDisk {
  const folder = temporaryFolder('disk')
  if (!mount('-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'tmpfs', folder)) throw new Error(`no tmpfs at ${folder}`)
  const unmount = (): void => release(folder)
  process.once('exit', unmount)
  return {
    folder,
    makeReadOnly: () => {
      if (!mount('-o', 'remount,ro', folder)) throw new Error(`${folder} cannot be made read-only`)
    },
    unmount,
  }
}
