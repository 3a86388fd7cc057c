// test/broker/worker/log-file.test.ts: the log as it was asked for: what is in it, how a line looks, how much is kept.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
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
const settled = () => new Promise((next) => setTimeout(next, 50))

it('leaves out what is below its level, and writes one line whatever a text holds', async () => {
  const folder = temporaryFolder('log')
  const file = openLogFile(folder, 'x', shape({ level: 'warn' }))
  file.write(line('info', 'quiet'))
  file.write(line('warn', 'two\nlines'))
  await file.close()
  expect(readFileSync(join(folder, 'x.log'), 'utf8')).toBe('1970-01-01T00:00:00.000Z warn  a two | lines\n')
})
it('writes objects for programs', async () => {
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
it('keeps so many files of so many bytes, also when it was allowed more before', async () => {
  const folder = temporaryFolder('log')
  writeFileSync(join(folder, 'x.log.7'), 'of another life')
  const file = openLogFile(folder, 'x', shape())
  for (let number = 0; number < 60; number++) {
    file.write(line('info', `${number} ${'é'.repeat(30)}`))
    if (number % 10 === 0) await settled() // files are opened in their own time
  }
  await file.close()
  await settled()
  const files = readdirSync(folder).sort()
  expect(files).toEqual(['x.log', 'x.log.1', 'x.log.2'])
  for (const name of files) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(1000)
  expect(readFileSync(join(folder, 'x.log'), 'utf8')).toContain('59 ')
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
it('tells so many refusals a second one by one, and counts the rest', () => {
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
