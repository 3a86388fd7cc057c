// test/broker/file/small-file.test.ts: a small file is replaced as a whole, and the one before it is kept.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Files, nodeFiles } from '../../../broker/file/files'
import { readFileOrBackup, writeFileAtomic } from '../../../broker/file/small-file'
import { MemoryDisk } from '../../support/disks'
import { removeFolder, temporaryFolder } from '../../support/folders'

let folder = ''
let path = ''
beforeEach(() => {
  folder = temporaryFolder('small')
  path = join(folder, 'config', 'topics.json')
})
afterEach(() => removeFolder(folder))

describe('a small file', () => {
  it('ST13: is written, and its former content becomes the backup', async () => {
    await writeFileAtomic(path, '{"n":1}')
    expect(existsSync(`${path}.bak`)).toBe(false)
    await writeFileAtomic(path, '{"n":2}')
    expect(await readFileOrBackup(path, JSON.parse)).toEqual({ n: 2 })
    expect(readFileSync(`${path}.bak`, 'utf8')).toBe('{"n":1}')
  })

  it('is read from its backup when it is missing, empty or does not parse', async () => {
    await writeFileAtomic(path, '{"n":1}')
    await writeFileAtomic(path, '{"n":2}')
    for (const broken of ['', '{"n":']) {
      writeFileSync(path, broken)
      expect(await readFileOrBackup(path, JSON.parse)).toEqual({ n: 1 })
      expect(existsSync(path)).toBe(false)
    }
    // and the next write does not make the broken one the backup
    await writeFileAtomic(path, '{"n":3}')
    expect(readFileSync(`${path}.bak`, 'utf8')).toBe('{"n":1}')
  })

  it('is nothing when there was none, and a fault when its backup does not parse either', async () => {
    expect(await readFileOrBackup(path, JSON.parse)).toBeUndefined()
    mkdirSync(join(folder, 'config'))
    writeFileSync(path, 'x')
    renameSync(path, `${path}.bak`)
    await expect(readFileOrBackup(path, JSON.parse)).rejects.toThrow(SyntaxError)
  })

  it('is a fault, and stays, when it does not parse and has no backup that does', async () => {
    await writeFileAtomic(path, '{"n":')
    await expect(readFileOrBackup(path, JSON.parse)).rejects.toThrow(SyntaxError)
    await writeFileAtomic(path, '{"m":')
    await expect(readFileOrBackup(path, JSON.parse)).rejects.toThrow(SyntaxError)
    expect(readFileSync(path, 'utf8')).toBe('{"m":')
  })

  it('stays with its backup as it was however often a full disk takes only half of the new one', async () => {
    await writeFileAtomic(path, '{"n":1}')
    await writeFileAtomic(path, '{"n":2}')
    const full: Files = Object.assign(Object.create(nodeFiles()), {
      writeWhole: async (at: string, content: Buffer) => {
        writeFileSync(at, content.subarray(0, content.length / 2))
        throw new Error('ENOSPC')
      },
    })
    for (let tries = 0; tries < 3; tries++) {
      await expect(writeFileAtomic(path, '{"n":3}', full)).rejects.toThrow('ENOSPC')
    }
    expect(await readFileOrBackup(path, JSON.parse)).toEqual({ n: 2 })
    expect(readFileSync(`${path}.bak`, 'utf8')).toBe('{"n":1}')
  })

  it('is whole, old or new, whichever step a crash comes after', async () => {
    for (let steps = 0; steps < 8; steps++) {
      const disk = new MemoryDisk()
      const before = disk.mount()
      await writeFileAtomic('/store/f', 'old', before)
      let left = steps
      // every call to the disk may be the last
      const dying = new Proxy(before, {
        get: (files, name: keyof Files) => {
          const call = files[name]
          return (...args: unknown[]) => {
            if (left-- <= 0) return Promise.reject(new Error('killed'))
            return Reflect.apply(call, files, args)
          }
        },
      })
      await writeFileAtomic('/store/f', 'new', dying).catch(() => {})
      expect(['old', 'new']).toContain(await readFileOrBackup('/store/f', (text) => text, disk.mount()))
    }
  })
})
