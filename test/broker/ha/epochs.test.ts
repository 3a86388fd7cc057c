// test/broker/ha/epochs.test.ts: epochs as Apache's brokers keep and send them, and where two logs part.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { consistentPoint, memoryEpochs, openEpochFile, parseEpochs, printEpochs } from '../../../broker/ha/epochs'
import {
  encodeGreeting,
  encodeHello,
  encodeSwitchHead,
  encodeSwitchReport,
  SwitchPieceReader,
  SwitchReportReader,
} from '../../../broker/ha/switch-frames'
import { removeFolder, temporaryFolder } from '../../support/folders'

const entries = (...pairs: [number, number][]) => pairs.map(([epoch, startOffset]) => ({ epoch, startOffset }))

describe('epochs', () => {
  it('are kept as Apache keeps them: how many, their checksum, a line each', () => {
    const text = printEpochs(entries([1, 0], [3, 4096]))
    expect(text).toBe(`2\n${text.split('\n')[1]}\n1-0\n3-4096\n`)
    expect(parseEpochs(text)).toEqual(entries([1, 0], [3, 4096]))
    expect(parseEpochs('1\n0\n1-0\n')).toEqual(entries([1, 0])) // a sum of 0 is not compared
    expect(() => parseEpochs('2\n0\n1-0\n')).toThrow('1 epochs where 2')
    expect(() => parseEpochs('1\n77\n1-0\n')).toThrow('checksum')
    expect(() => parseEpochs('1\n0\n1-x\n')).toThrow('no epoch')
  })

  it('survive in their file, and in its backup when the file is torn', async () => {
    const folder = temporaryFolder('epochs')
    const path = join(folder, 'epochFileCheckpoint')
    const epochs = await openEpochFile(path)
    epochs.append({ epoch: 1, startOffset: 0 })
    await epochs.saved()
    epochs.append({ epoch: 2, startOffset: 500 })
    await epochs.saved()
    expect(readFileSync(path, 'utf8')).toContain('2-500')
    writeFileSync(path, '2\n12\n1-')
    expect((await openEpochFile(path)).entries).toEqual(entries([1, 0]))
    removeFolder(folder)
  })

  it('that hold no byte give way, older ones are not taken, and a cut forgets what began behind it', () => {
    const epochs = memoryEpochs()
    epochs.append({ epoch: 1, startOffset: 0 })
    epochs.append({ epoch: 2, startOffset: 100 })
    epochs.append({ epoch: 4, startOffset: 100 })
    epochs.append({ epoch: 3, startOffset: 200 })
    expect(epochs.entries).toEqual(entries([1, 0], [4, 100]))
    expect(epochs.at(99)).toEqual({ epoch: 1, startOffset: 0 })
    expect(epochs.at(100)).toEqual({ epoch: 4, startOffset: 100 })
    epochs.cutAt(100)
    expect(epochs.entries).toEqual(entries([1, 0]))
  })

  it('say where two logs part', () => {
    const of = (end: number, ...pairs: [number, number][]) => ({ entries: entries(...pairs), end })
    expect(consistentPoint(of(150, [1, 0]), of(300, [1, 0], [2, 120]))).toBe(120) // went on when another was master
    expect(consistentPoint(of(100, [1, 0]), of(300, [1, 0], [2, 120]))).toBe(100) // behind, and the same so far
    expect(consistentPoint(of(150, [1, 0], [2, 140]), of(300, [1, 0], [3, 120]))).toBe(120)
    expect(consistentPoint(of(150, [1, 0], [2, 140]), of(130, [1, 0]))).toBe(130)
    expect(consistentPoint(of(150, [2, 0]), of(300, [1, 0]))).toBeUndefined()
  })
})

/** In pieces of every size. */
function* cuts(bytes: Buffer): Generator<Buffer[]> {
  for (let size = 1; size <= bytes.length; size++) {
    yield Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
  }
}

describe('the HA stream of controller mode', () => {
  it('is understood by a master however it is cut', () => {
    const bytes = Buffer.concat([encodeHello(7, true), encodeSwitchReport(0), encodeSwitchReport(2 ** 40)])
    expect(bytes.length).toBe(16 + 12 + 12)
    for (const parts of cuts(bytes)) {
      const heard: unknown[] = []
      const reader = new SwitchReportReader()
      for (const part of parts) {
        reader.read(part, {
          hello: (id, isLearner) => heard.push(['hello', id, isLearner]),
          report: (copiedTo) => heard.push(copiedTo),
        })
      }
      expect(heard).toEqual([['hello', 7, true], 0, 2 ** 40])
    }
  })

  it('is understood by a slave however it is cut', () => {
    const told = entries([1, 0], [2, 4096])
    const [first = { epoch: 0, startOffset: 0 }] = told
    const head = encodeSwitchHead(10, 5, first, 10)
    expect([encodeGreeting([], 0).length, head.length]).toEqual([20, 36])
    const bytes = Buffer.concat([
      encodeGreeting(told, 5000),
      head,
      Buffer.from('12345'),
      encodeSwitchHead(15, 0, first, 15),
    ])
    for (const parts of cuts(bytes)) {
      const heard: unknown[] = []
      let text = ''
      const reader = new SwitchPieceReader()
      for (const part of parts) {
        reader.read(part, {
          greeting: (given, maxOffset) => heard.push([given, maxOffset]) > 0,
          piece: (offset, size, { epoch }) => heard.push([offset, size, epoch]) > 0,
          bytes(some) {
            text += some.toString()
            return true
          },
        })
      }
      expect(heard).toEqual([
        [told, 5000],
        [10, 5, 1],
        [15, 0, 1],
      ])
      expect(text).toBe('12345')
    }
  })

  it('tells whoever speaks the plain protocol what is missing', () => {
    const reader = new SwitchReportReader()
    expect(() => reader.read(Buffer.alloc(8, 9), { hello: () => {}, report: () => {} })).toThrow('enableControllerMode')
  })
})
