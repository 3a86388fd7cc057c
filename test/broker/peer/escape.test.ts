// test/broker/peer/escape.test.ts: what escapes tries masters of other names, and asks no further one once the acting ends: the
// master that comes back waits for it.
import { expect, it } from 'vitest'
import type { Dialer } from '../../../broker/net/types'
import { createRemotePuts } from '../../../broker/peer/escape'

it('tries the next master where one refuses, and none any more once it was stopped', async () => {
  const asked: string[] = []
  const answers: (() => void)[] = []
  const dialer: Pick<Dialer, 'request'> = {
    request: (address) => {
      asked.push(address)
      return new Promise((_, failed) => answers.push(() => failed(new Error('it refuses'))))
    },
  }
  const puts = createRemotePuts({
    clusterName: 'c',
    brokerName: 'gone',
    brokerId: 1,
    dialer: { ...dialer, oneway: async () => {}, close: () => {} },
    routes: {
      writableOf: async () =>
        ['gone', 'b', 'c', 'd'].map((name) => ({ brokerName: name, address: name, writeQueueNums: 1 })),
      forget: () => {},
    },
    queuesOf: () => 1,
    log: () => {},
  })
  const put = puts.put({
    topic: 'T',
    queueId: 0,
    flag: 0,
    sysFlag: 0,
    bornTimestampMs: 0,
    reconsumeTimes: 0,
    body: Buffer.alloc(0),
    properties: Buffer.alloc(0),
    producerGroup: undefined,
  })
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  await turn()
  answers[0]?.()
  await turn()
  expect(asked).toEqual(['b', 'c'])
  const stopped = puts.stop()
  answers[1]?.()
  await expect(put).rejects.toThrow('the acting has ended')
  await stopped
  expect(asked).toEqual(['b', 'c'])
})
