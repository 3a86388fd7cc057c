// test/broker/worker/supervisor.test.ts: threads started in order, watched, started again, stopped in order. The parts
// are doubles that misbehave as their plan says.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { LogLine } from '../../../broker/types'
import { createSupervisor, type Supervisor, type SupervisorOptions } from '../../../broker/worker/supervisor'
import { temporaryFolder } from '../../support/folders'

const double = new URL('../../support/part-double.mjs', import.meta.url)
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

function supervise(
  behaviours: Record<string, string>,
  limits: SupervisorOptions['limits'] = {},
): Supervisor & { lines: LogLine[]; journal: () => string[] } {
  const journal = join(temporaryFolder('journal'), 'journal')
  const lines: LogLine[] = []
  const supervisor = createSupervisor({
    parts: Object.entries(behaviours).map(([name, behaviour], i) => ({
      role: name === 'namesrv' ? 'namesrv' : 'ASYNC_MASTER',
      plan: {
        kind: name === 'namesrv' ? 'namesrv' : 'broker',
        name,
        host: '127.0.0.1',
        port: 1000 + i,
        dataDir: '',
        properties: { behaviour, journal },
        preset: {},
      },
    })),
    limits: { backOffMs: [20, 40], silentMs: 200, stopMs: 200, ...limits },
    log: (line) => lines.push(line),
    entryOf: () => double,
  })
  closers.push(() => supervisor.close())
  return Object.assign(supervisor, {
    lines,
    journal: () => (existsSync(journal) ? readFileSync(journal, 'utf8').trim().split('\n') : []),
  })
}
const part = (supervisor: Supervisor, name: string) => {
  const found = supervisor.parts.find((one) => one.name === name)
  if (!found) throw new Error(`no part ${name}`)
  return found
}

describe('the supervisor', () => {
  it('starts the name server before the brokers and stops it after them', async () => {
    const supervisor = supervise({ 'broker-a:0': 'well', namesrv: 'well', 'broker-b:0': 'well' })
    await supervisor.startAll()
    expect(supervisor.journal()[0]).toBe('namesrv begins')
    expect(supervisor.parts.map(({ state }) => state)).toEqual(['running', 'running', 'running'])
    await supervisor.close()
    const journal = supervisor.journal()
    for (const broker of ['broker-a:0', 'broker-b:0']) {
      expect(journal.indexOf(`${broker} gone`)).toBeLessThan(journal.indexOf('namesrv ends'))
    }
    expect(supervisor.parts.map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped'])
  })

  it('starts all parts or none, and says what the one that cannot said', async () => {
    const supervisor = supervise({ namesrv: 'well', 'broker-a:0': 'refuses', 'broker-b:0': 'well' })
    await expect(supervisor.startAll()).rejects.toThrow('the disk is upside down')
    expect(supervisor.parts.map(({ state }) => state)).toEqual(['stopped', 'failed', 'stopped'])
    expect(part(supervisor, 'broker-a:0').lastError).toBe('the disk is upside down')
  })

  it('starts a part that died again, and leaves the others alone', async () => {
    const supervisor = supervise({ namesrv: 'well', 'broker-a:0': 'dies', 'broker-b:0': 'well' })
    await supervisor.startAll()
    await vi.waitFor(() => expect(part(supervisor, 'broker-a:0').restarts).toBeGreaterThanOrEqual(2), { timeout: 5000 })
    expect(part(supervisor, 'broker-a:0').lastError).toContain('bit by a mouse')
    expect(part(supervisor, 'broker-b:0').restarts).toBe(0)
    expect(supervisor.lines.map(({ text }) => text)).toContain('is started again in 40 ms')
  })

  it('begins a new thread only when the old one has ended', async () => {
    const supervisor = supervise({ 'broker-a:0': 'dies' })
    await supervisor.startAll()
    await vi.waitFor(() => expect(part(supervisor, 'broker-a:0').restarts).toBeGreaterThanOrEqual(2), { timeout: 5000 })
    await supervisor.close()
    const words = supervisor.journal().map((line) => line.split(' ')[1])
    expect(words.slice(0, 4)).toEqual(['begins', 'gone', 'begins', 'gone'])
  })

  it('ends a part that shows no life, and starts it again', async () => {
    const supervisor = supervise({ 'broker-a:0': 'silent' })
    await supervisor.startAll()
    await vi.waitFor(() => expect(part(supervisor, 'broker-a:0').restarts).toBeGreaterThanOrEqual(1), { timeout: 9000 })
    expect(part(supervisor, 'broker-a:0').lastError).toContain('showed no life')
  })

  it('ends a part whose heap outgrows its limit instead of the process', async () => {
    const supervisor = supervise({ 'broker-a:0': 'eats', 'broker-b:0': 'well' }, { heapMiB: 32 })
    await supervisor.startAll()
    await vi.waitFor(() => expect(part(supervisor, 'broker-a:0').restarts).toBeGreaterThanOrEqual(1), {
      timeout: 20_000,
    })
    expect(part(supervisor, 'broker-b:0').state).toBe('running')
  }, 30_000)

  it('ends a part that does not stop when it is told to', async () => {
    const supervisor = supervise({ 'broker-a:0': 'stubborn' })
    await supervisor.startAll()
    await supervisor.stop('broker-a:0')
    expect(part(supervisor, 'broker-a:0').state).toBe('stopped')
  })

  it('stops, starts and restarts one part by its name', async () => {
    const supervisor = supervise({ 'broker-a:0': 'well', 'broker-b:0': 'well' })
    await supervisor.startAll()
    await supervisor.stop('broker-a:0')
    expect(supervisor.parts.map(({ state }) => state)).toEqual(['stopped', 'running'])
    await supervisor.start('broker-a:0')
    expect(part(supervisor, 'broker-a:0').state).toBe('running')
    const before = part(supervisor, 'broker-a:0').threadId
    await supervisor.restart('broker-a:0')
    expect(part(supervisor, 'broker-a:0').threadId).not.toBe(before)
    await expect(supervisor.stop('broker-z:0')).rejects.toThrow('there is no part broker-z:0')
  })

  it('shows what each part is doing, and tells when that changes', async () => {
    const supervisor = supervise({ namesrv: 'well' })
    const seen: string[] = []
    const end = supervisor.onChange(([first]) => seen.push(first?.state ?? ''))
    await supervisor.startAll()
    await vi.waitFor(() => expect(part(supervisor, 'namesrv').eventLoopDelayP99Ms).toBe(2))
    expect(part(supervisor, 'namesrv').lastLines[0]).toMatch(/ info hello$/)
    expect(part(supervisor, 'namesrv').address).toBe('127.0.0.1:1000')
    end()
    await supervisor.close()
    expect(seen).toEqual(['starting', 'running'])
  })
})
