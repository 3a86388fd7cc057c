// test/broker/file/segment-row.test.ts: rows of files of one size, on a real disk.
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nodeFiles } from '../../../broker/file/files'
import { createHandlePool, type HandlePool } from '../../../broker/file/handle-pool'
import { emptySegmentRow, openSegmentRow, RowError, segmentName } from '../../../broker/file/segment-row'
import { removeFolder, temporaryFolder } from '../../support/folders'

let root = ''
let pool: HandlePool
beforeEach(() => {
  root = temporaryFolder('row')
  pool = createHandlePool(nodeFiles(), 2)
})
afterEach(() => {
  pool.close()
  removeFolder(root)
})
const place = (segmentBytes = 64) => ({ files: nodeFiles(), pool, folder: join(root, 'row'), depth: 0, segmentBytes })

describe('a row of segments', () => {
  it('makes files at full size, named by the offset of their first byte', () => {
    const row = emptySegmentRow(place())
    row.ensure(0)
    row.ensure(64)
    row.writeSync(70, [Buffer.from('ab'), Buffer.from('cd')])
    expect(readdirSync(join(root, 'row'))).toEqual([segmentName(0), segmentName(64)])
    expect(segmentName(64)).toBe('00000000000000000064')
    expect(statSync(join(root, 'row', segmentName(64))).size).toBe(64)
    const bytes = Buffer.alloc(4)
    expect(row.readSync(70, bytes)).toBe(4)
    expect(bytes.toString()).toBe('abcd')
  })

  it('reads no further than the end of a segment', async () => {
    const row = emptySegmentRow(place())
    row.ensure(0)
    row.ensure(64)
    expect(row.readSync(60, Buffer.alloc(10))).toBe(4)
    expect(await row.read(60, Buffer.alloc(10))).toBe(4)
  })

  it('may begin anywhere, but leaves no gap after that', () => {
    const row = emptySegmentRow(place())
    row.ensure(64 * 5 + 3)
    expect([row.start, row.end]).toEqual([320, 384])
    expect(() => row.ensure(64 * 7)).toThrow(RowError)
  })

  it('finds on opening what it had, drops a last file without bytes, and refuses any other length', async () => {
    const row = emptySegmentRow(place())
    for (const offset of [0, 64, 128]) row.ensure(offset)
    writeFileSync(join(root, 'row', segmentName(192)), '')
    writeFileSync(join(root, 'row', 'notes.txt'), 'not one of ours')
    expect((await openSegmentRow(place())).starts).toEqual([0, 64, 128])
    expect(existsSync(join(root, 'row', segmentName(192)))).toBe(false)
    await expect(openSegmentRow(place(32))).rejects.toThrow(/64 bytes long where 32 are configured/)
    await row.removeFirst()
    writeFileSync(join(root, 'row', segmentName(256)), Buffer.alloc(64))
    await expect(openSegmentRow(place())).rejects.toThrow(/missing between/)
  })

  it('finds the prepared file when it needs it, and removes it when it does not', async () => {
    const row = emptySegmentRow(place())
    row.ensure(0)
    await row.prepareNext()
    expect(existsSync(join(root, 'row', segmentName(64)))).toBe(true)
    expect(row.starts).toEqual([0])
    await row.removeFrom(64)
    expect(existsSync(join(root, 'row', segmentName(64)))).toBe(false)
  })

  it('keeps few files open, however many there are, and none that was removed', async () => {
    const row = emptySegmentRow(place())
    for (let n = 0; n < 20; n++) row.ensure(n * 64)
    for (let n = 0; n < 20; n++) await row.write(n * 64, [Buffer.from([n])])
    expect(pool.openCount).toBeLessThanOrEqual(2)
    await row.sync(0, 20 * 64)
    while (row.starts.length > 0) await row.removeFirst()
    expect(pool.openCount).toBe(0)
  })
})

describe('a pool of handles', () => {
  it('does not close a file that is lent, and closes it when it comes back', async () => {
    const path = join(root, 'lent')
    const seen = await pool.lend(
      path,
      async (file) => {
        for (let n = 0; n < 5; n++) pool.use(join(root, `other${n}`), 10)
        pool.forget(path)
        await file.write([Buffer.from('x')], 0)
        const bytes = Buffer.alloc(1)
        await file.read(bytes, 0)
        return bytes.toString()
      },
      10,
    )
    expect(seen).toBe('x')
    expect(pool.openCount).toBeLessThanOrEqual(2)
  })
})
