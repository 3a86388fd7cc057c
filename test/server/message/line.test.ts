// test/server/message/line.test.ts: searches of a cluster run a few at a time; the line of those that wait has an end.
import { expect, it } from 'vitest'
import type { Admin } from '../../../server/admin/open'
import { openMessageDesk } from '../../../server/message/open'
import { scanInput } from '../../../server/shared/inputs'

it('refuses a search where too many wait already, and forgets those whose asker is gone', async () => {
  let asked = 0
  const admin = {
    brokersOfTopic: () => {
      asked += 1
      return new Promise(() => undefined) // a broker that never answers
    },
  } as unknown as Admin // what the start of a search asks of it
  const desk = openMessageDesk({
    ...{ admin, topics: () => [] },
    bodyTypes: { get: async () => null, put: async () => undefined },
  })
  const input = scanInput.parse({ cluster: 'c', topic: 'orders' })
  const begin = (signal?: AbortSignal) => desk.scan(input, { bodies: true }, signal)[Symbol.asyncIterator]().next()
  const fill = (count: number) =>
    Array.from({ length: count }, () => {
      const asker = new AbortController()
      return { asker, ended: begin(asker.signal) }
    })
  const waiting = fill(34).slice(2)
  const refusal = { kind: 'budget', message: expect.stringContaining('32 wait') }
  await expect(begin()).rejects.toMatchObject(refusal)
  expect(asked).toBe(2)
  for (const { asker } of waiting) asker.abort()
  for (const { ended } of waiting) expect(await ended).toEqual({ done: true, value: undefined })
  fill(32)
  await expect(begin()).rejects.toMatchObject(refusal)
})
