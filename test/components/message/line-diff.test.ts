// test/components/message/line-diff.test.ts: what two texts have in common, and files that hold what was exported.
import { expect, it } from 'vitest'
import { exportFile } from '../../../components/message/export-file'
import { lineDiff } from '../../../components/message/line-diff'
import type { ExportedMessage } from '../../../server/shared/views'

const shown = (left: string, right: string): string | undefined =>
  lineDiff(left.split(''), right.split(''))
    ?.map(({ kind, text }) => ({ both: ' ', left: '-', right: '+' })[kind] + text)
    .join('')
it('keeps what both have, and says whose the rest is', () => {
  expect(shown('abc', 'abc')).toBe(' a b c')
  expect(shown('abcd', 'abxd')).toBe(' a b-c+x d')
  expect(shown('', 'ab')).toBe('+a+b')
  expect(shown('ab', '')).toBe('-a-b')
})
it('compares nothing that is too long', () => {
  expect(lineDiff(new Array(2001).fill('a'), ['a'])).toBeNull()
})

const message: ExportedMessage = {
  ...{ topic: 'T', broker: 'b', queueId: 1, queueOffset: 2n ** 60n, offsetId: 'ABC', uniqueId: 'U', storedAt: 0 },
  ...{ bornAt: 1, bornHost: 'h', tag: null, keys: ['k'], sizeBytes: 3, reconsumeTimes: 0 },
  ...{ properties: { a: '1' }, body: '=1+1, "x"', bodyAs: 'text' },
}
it('writes offsets of 64 bits whole, times as ISO, and nothing that a spreadsheet would run', async () => {
  const write = (format: 'json' | 'ndjson' | 'csv') => exportFile([message, message], format).text()
  expect(JSON.parse(await write('json'))[1]).toMatchObject({
    queueOffset: '1152921504606846976',
    storedAt: '1970-01-01T00:00:00.000Z',
  })
  const lines = (await write('ndjson')).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line).body)).toEqual([message.body, message.body])
  const csv = await write('csv')
  expect(csv).toContain(',1152921504606846976,')
  expect(csv).toContain('"\'=1+1, ""x"""')
})
