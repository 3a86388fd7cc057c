// test/broker/file/folder-lock.test.ts: one owner per folder, and no folder lost to an owner that is gone.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lockFolder } from '../../../broker/file/folder-lock'
import { launch } from '../../support/children'
import { temporaryFolder } from '../../support/folders'

/** Another process that holds the folder's lock as we do. */
async function holder(folder: string) {
  const program = `
    const fs = require('node:fs')
    const fd = fs.openSync(${JSON.stringify(join(folder, 'lock'))}, 'w+')
    fs.writeSync(fd, process.pid + ' 0\\n')
    console.log('holding')
    setInterval(() => fd, 1000)`
  const child = launch(process.execPath, ['-e', program])
  await child.line(/holding/)
  return child
}

describe('a locked folder', () => {
  it('has one owner, also among the threads of one process', () => {
    const folder = temporaryFolder('lock')
    const lock = lockFolder(folder)
    expect(() => lockFolder(folder)).toThrow(`is in use by process ${process.pid} (this one)`)
    lock.release()
    lockFolder(folder).release()
  })

  it('is refused to a second process, with the first one named, until that one is gone', async () => {
    const folder = temporaryFolder('lock')
    const other = await holder(folder)
    expect(() => lockFolder(folder)).toThrow(`is in use by process ${other.pid}`)
    await other.kill()
    lockFolder(folder).release()
  })

  it('is not kept by a process that got the number of an owner that is gone', async () => {
    const folder = temporaryFolder('lock')
    const other = launch('sleep', ['60'])
    writeFileSync(join(folder, 'lock'), `${other.pid} 0\n`)
    lockFolder(folder).release()
    await other.kill()
  })

  it('is free when what lies there names nobody', () => {
    const folder = temporaryFolder('lock')
    writeFileSync(join(folder, 'lock'), 'lock')
    lockFolder(folder).release()
  })
})
