// test/broker/file/folder-lock.test.ts: one owner per folder.
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { buildSync } from 'esbuild'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LockedError, lockFolder } from '../../../broker/file/folder-lock'
import { projectRoot, removeFolder, temporaryFolder } from '../../support/folders'

let folder = ''
beforeEach(() => {
  folder = temporaryFolder('lock')
})
afterEach(() => removeFolder(folder))

/** A program that takes the lock, says so and stays. */
function holder(): string {
  const outfile = join(folder, 'holder.mjs')
  const code = `import { lockFolder } from ${JSON.stringify(join(projectRoot, 'broker/file/folder-lock.ts'))}
    import { parentPort } from 'node:worker_threads'
    lockFolder(${JSON.stringify(folder)})
    if (parentPort) parentPort.postMessage('locked'); else process.stdout.write('locked')
    setInterval(() => {}, 1000)`
  buildSync({ stdin: { contents: code, resolveDir: folder }, outfile, bundle: true, platform: 'node', format: 'esm' })
  return outfile
}

describe('the lock of a folder', () => {
  it('is held once, within one thread as well, until it is released', () => {
    const lock = lockFolder(folder)
    expect(() => lockFolder(folder)).toThrow(LockedError)
    expect(() => lockFolder(folder)).toThrow(String(process.pid))
    lock.release()
    lockFolder(folder).release()
  })

  it('names the process that has it, and is free when that process was killed', async () => {
    const child = spawn(process.execPath, [holder()], { stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    expect(() => lockFolder(folder)).toThrow(new RegExp(`process ${child.pid}`))
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('close', resolve))
    expect(readFileSync(join(folder, 'lock'), 'utf8')).toContain(String(child.pid))
    lockFolder(folder).release()
  })

  it('is free again when the thread that had it has ended, however it ended', async () => {
    const worker = new Worker(holder())
    await new Promise((resolve) => worker.once('message', resolve))
    expect(() => lockFolder(folder)).toThrow(LockedError)
    await worker.terminate()
    lockFolder(folder).release()
  })

  it('is not held by a number that another process has now', () => {
    writeFileSync(join(folder, 'lock'), '1 0\n') // process 1 lives, and has nothing open here
    if (process.platform === 'linux' && process.getuid?.() === 0) lockFolder(folder).release()
    else expect(() => lockFolder(folder)).toThrow(LockedError)
  })
})
