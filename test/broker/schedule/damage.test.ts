// test/broker/schedule/damage.test.ts: a waiting message that the disk did not keep as it was is told of as an error, is not
// delivered as if nothing were wrong, and holds up none of the others.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { encodeProperties } from '../../../broker/protocol/properties'
import { decodeRecord } from '../../../broker/protocol/record'
import { openDelayLevels } from '../../../broker/schedule/delay-levels'
import { delayed } from '../../../broker/schedule/delayed'
import { openMessageStore } from '../../../broker/store'
import type { MessageStore } from '../../../broker/store/types'
import { temporaryFolder } from '../../support/folders'
import { asyncFlush, newMessage, safe, storeOptions } from '../../support/stores'
import { openTimedStore, SECOND, START } from './timed-store'

const small = {
  flush: { ...asyncFlush, flushIntervalMs: 1, flushLeastPages: 0 },
  commitLogSegmentBytes: 8192,
  hotBytes: 8192,
  maxMessageBytes: 4096,
}
const synced = ({ commitLog }: MessageStore) =>
  vi.waitFor(() => expect(commitLog.flushedTo).toBe(commitLog.tail), { timeout: 60_000 })

/** Turns the bytes of the commit log that hold this text into others. */
function damage(rootDir: string, text: string): void {
  const folder = join(rootDir, 'commitlog')
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name))
    const at = bytes.indexOf(text)
    if (at < 0) continue
    bytes.fill('#', at, at + text.length)
    writeFileSync(join(folder, name), bytes, { flag: 'r+' })
    return
  }
  throw new Error(`no file holds ${text}`)
}

it('a timed message whose body changed on the disk is told of, and the others come', async () => {
  const one = await openTimedStore({ store: small })
  onTestFinished(() => one.stop())
  for (const body of ['first', 'second', 'third'])
    await one.send(body, { TIMER_DELIVER_MS: String(START + 60 * SECOND) })
  for (let n = 0; n < 20; n++) await one.send('x'.repeat(1500), { TIMER_DELIVER_MS: String(START - 1) }, 'Filler')
  await one.clock.advance(SECOND)
  await synced(one.store)
  damage(one.rootDir, 'second')
  await one.clock.advance(120 * SECOND)
  expect(await one.bodies()).toEqual(['first', 'third'])
  expect(one.warnings().filter((line) => /damaged/.test(line))).toEqual([
    expect.stringMatching(/^error the timed message at \d+, due 2023.*is damaged and is not delivered: the body/),
  ])
  expect(one.timers.countsJson()).toContain('"T":{"count":0')
})

it('a delayed message whose body changed on the disk is told of, and the others of its level come', async () => {
  const rootDir = temporaryFolder('delayed')
  const lines: string[] = []
  const log = (level: string, line: string) => void lines.push(`${level} ${line}`)
  let nowMs = START
  const store = await openMessageStore(storeOptions(rootDir, { ...small, clock: () => nowMs, log }))
  const levels = await openDelayLevels({
    configDir: join(rootDir, 'config'),
    store,
    levels: '1s',
    saveIntervalMs: 3_600_000,
    clock: () => nowMs,
    log,
  })
  onTestFinished(async () => {
    await levels.stop()
    await store.close()
  })
  for (let n = 0; n < 5; n++) {
    const message = {
      ...newMessage({ topic: 'T', body: `message-${n}` }),
      properties: encodeProperties([['DELAY', '1']]),
    }
    store.append(delayed(message, 1, levels))
  }
  for (let n = 0; n < 20; n++) store.append(newMessage({ topic: 'Filler', body: 'x'.repeat(1500) }))
  await safe(store, store.commitLog.tail)
  await synced(store)
  damage(rootDir, 'message-0')
  damage(rootDir, 'message-3')
  nowMs += 10_000
  levels.start()
  await vi.waitFor(() => expect(store.maxOffset('T', 0)).toBe(3), { timeout: 60_000 })
  const bodies: string[] = []
  for (let queueOffset = 0; queueOffset < 3; queueOffset++) {
    const got = await store.get({ topic: 'T', queueId: 0, queueOffset, maxMessages: 1, maxBytes: 1 << 20 })
    for (const piece of got.records) bodies.push(decodeRecord(piece).body.toString())
    got.release()
  }
  expect(bodies).toEqual(['message-1', 'message-2', 'message-4'])
  await vi.waitFor(() => expect([...levels.progress()]).toEqual([{ level: 1, deliveredTo: 5, maxOffset: 5 }]))
  expect(lines.filter((line) => /damaged/.test(line))).toEqual(
    [0, 3].map((n) =>
      expect.stringMatching(new RegExp(`^error the message at offset ${n} of delay level 1 .*the body`)),
    ),
  )
})
