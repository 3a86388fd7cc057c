// test/server/message/find.test.ts: one message by its id: that no broker has it is said only when all of them answered.
import { expect, it } from 'vitest'
import type { Admin } from '../../../server/admin/open'
import { openFinder } from '../../../server/message/find'
import { PeerError } from '../../../server/shared/errors'

const ID = '0A14040B2A9F18B4AAC2519D3C7E01C4'
const brokers = ['broker-a', 'broker-b'].map((name) => ({ name, id: 0, address: `${name}:1` }))
const finderWith = (silent: string | null) => {
  const admin = {
    names: { brokers: async () => brokers, route: async () => ({ brokers }) },
    messages: {
      query: async (address: string) => {
        if (address === silent) throw new PeerError('silent', address, `${address} did not answer in time.`)
        return Buffer.alloc(0)
      },
    },
  } as unknown as Admin // what looking for an id asks of it
  return openFinder({ admin, topics: () => ['T'] })
}

it('says that no message has an id only when every broker answered', async () => {
  await expect(finderWith(null).pick({ id: ID })).rejects.toMatchObject({ kind: 'not-found' })
  await expect(finderWith('broker-b:1').pick({ id: ID })).rejects.toMatchObject({
    kind: 'broker-silent',
    message: expect.stringContaining('broker-b:0'),
  })
})
