// test/broker/build/build.test.ts: when a build is made anew, and that two are never made at once.
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { locked } from '../../../broker/build/lock.mjs'
import { stampOf } from '../../../broker/build/stamp.mjs'
import { temporaryFolder } from '../../support/folders'

const project = () => {
  const root = temporaryFolder('project')
  mkdirSync(join(root, 'src', 'deep'), { recursive: true })
  writeFileSync(join(root, 'src', 'a.ts'), 'one')
  writeFileSync(join(root, 'src', 'deep', 'b.tsx'), 'two')
  writeFileSync(join(root, 'package-lock.json'), '{}')
  return root
}

describe('a stamp', () => {
  it('is the same as long as nothing changes that a build is made from', () => {
    const root = project()
    const stamp = stampOf(root, ['src'])
    utimesSync(join(root, 'src', 'a.ts'), 1, 1)
    writeFileSync(join(root, 'src', 'notes.md'), 'not built from')
    expect(stampOf(root, ['src'])).toBe(stamp)
  })

  it('moves with a source, a new source, the lock file and the options', () => {
    const root = project()
    const stamps = [stampOf(root, ['src']), stampOf(root, ['src'], { basePath: '/mq' })]
    writeFileSync(join(root, 'src', 'a.ts'), 'other')
    stamps.push(stampOf(root, ['src']))
    writeFileSync(join(root, 'src', 'deep', 'c.ts'), '')
    stamps.push(stampOf(root, ['src']))
    writeFileSync(join(root, 'package-lock.json'), '{"a":1}')
    stamps.push(stampOf(root, ['src']))
    expect(new Set(stamps).size).toBe(5)
  })
})

describe('a builder', () => {
  it('waits for another one, and says for which', async () => {
    const file = join(temporaryFolder('build'), 'lock')
    const order: string[] = []
    let finish = () => {}
    const first = locked(file, async () => {
      order.push('first begins')
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      order.push('first ends')
    })
    const waited: number[] = []
    const second = locked(
      file,
      async () => {
        order.push('second')
      },
      (holder) => {
        waited.push(holder)
        finish()
      },
    )
    await Promise.all([first, second])
    expect(order).toEqual(['first begins', 'first ends', 'second'])
    expect(waited).toEqual([process.pid])
  })

  it('takes over the lock of a process that is gone', async () => {
    const file = join(temporaryFolder('build'), 'lock')
    writeFileSync(file, '999999999')
    expect(await locked(file, async () => 'built')).toBe('built')
  })

  it('lets go when its work fails', async () => {
    const file = join(temporaryFolder('build'), 'lock')
    await expect(locked(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await locked(file, async () => 'built')).toBe('built')
  })
})
