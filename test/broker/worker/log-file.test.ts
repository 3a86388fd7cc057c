// test/broker/worker/log-file.test.ts: the log as it was asked for: what is in it, how a line looks, how much is kept.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { boundedLines } from '../../../broker/config/bounded-lines'
import { type LogShape, logShapeOf } from '../../../broker/config/log-flags'
import { openLogFile } from '../../../broker/worker/log-file'
import { temporaryFolder } from '../../support/folders'

const shape = (changed: Partial<LogShape> = {}): LogShape => ({
  level: 'debug',
  format: 'text',
  fileBytes: 1000,
  files: 3,
  ...changed,
})
const line = (level: 'debug' | 'info' | 'warn' | 'error', text: string) => ({ level, part: 'a', text, atMs: 0 })

it('MO5: leaves out what is below its level, and writes one line whatever a text holds', async () => {
  const folder = temporaryFolder('log')
  const file = openLogFile(folder, 'x', shape({ level: 'warn' }))
  file.write(line('info', 'quiet'))
  file.write(line('warn', 'two\nlines'))
  await file.close()
  expect(readFileSync(join(folder, 'x.log'), 'utf8')).toBe('1970-01-01T00:00:00.000Z warn  a two | lines\n')
})
it('MO5: writes objects for programs', async () => {
  const folder = temporaryFolder('log')
  const file = openLogFile(folder, 'x', shape({ format: 'json' }))
  file.write(line('error', 'two\n"lines"'))
  await file.close()
  expect(JSON.parse(readFileSync(join(folder, 'x.log'), 'utf8'))).toEqual({
    at: '1970-01-01T00:00:00.000Z',
    level: 'error',
    part: 'a',
    text: 'two\n"lines"',
  })
})
it('MO5: keeps so many files of so many bytes, also when it was allowed more before', async () => {
  const folder = temporaryFolder('log')
  writeFileSync(join(folder, 'x.log.7'), 'of another life')
  const file = openLogFile(folder, 'x', shape())
  for (let number = 0; number < 60; number++) file.write(line('info', `${number} ${'é'.repeat(30)}`))
  await file.close()
  const files = ['x.log', 'x.log.1', 'x.log.2']
  await vi.waitFor(() => expect(readdirSync(folder).sort()).toEqual(files), 60_000)
  // What was rolled is written to its end in its own time.
  const text = () =>
    files
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .reverse()
      .join('')
  const numbers = () => [...text().matchAll(/ a (\d+) /g)].map(([, number]) => Number(number))
  await vi.waitFor(() => {
    const first = numbers()[0] ?? 0
    expect(numbers()).toEqual(Array.from({ length: 60 - first }, (_, at) => first + at))
  }, 60_000)
  for (const name of files) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(1000)
})
it('says which flag is wrong, and what it takes', () => {
  const flags = { 'log-level': 'debug', 'log-format': 'text', 'log-file-mib': '16', 'log-files': '5' }
  expect(logShapeOf(flags)).toEqual({ level: 'debug', format: 'text', fileBytes: 16_777_216, files: 5 })
  for (const [flag, value] of [
    ['log-level', 'loud'],
    ['log-format', 'xml'],
    ['log-file-mib', '0'],
    ['log-files', 'many'],
  ] as const)
    expect(() => logShapeOf({ ...flags, [flag]: value })).toThrow(new RegExp(`--${flag} ${value}: `))
})
it('MO5: tells so many refusals a second one by one, and counts the rest', () => {
  let now = 5000
  const said: string[] = []
  const lines = boundedLines(
    () => now,
    (text) => said.push(text),
    (count) => `${count} more`,
  )
  for (let number = 0; number < 25; number++) lines.add(() => `line ${number}`)
  now += 1000
  lines.add(() => 'later')
  expect(said).toEqual([...Array.from({ length: 10 }, (_, number) => `line ${number}`), '15 more', 'later'])
})
