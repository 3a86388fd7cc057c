// test/server/bundled/parts.test.ts: the bundled cluster's processes are started and stopped through its handle only.
import { expect, it } from 'vitest'
import type { ClusterHandle, PartStatus } from '../../../broker/types'
import { openParts } from '../../../server/bundled/parts'

const part: PartStatus = {
  name: 'broker-a:0',
  kind: 'broker',
  role: 'ASYNC_MASTER',
  state: 'running',
  address: '127.0.0.1:10911',
  startedAtMs: 1,
  restarts: 0,
  lastError: null,
  threadId: 3,
  heapUsedBytes: 5,
  eventLoopDelayP99Ms: 1,
  lastLines: ['ready'],
}
const handle = () => {
  const asked: string[] = []
  const one: ClusterHandle = {
    credentials: undefined,
    tls: undefined,
    namesrvAddress: '127.0.0.1:9876',
    parts: [part],
    onChange: () => () => undefined,
    start: async (name) => void asked.push(`start ${name}`),
    stop: async (name) => void asked.push(`stop ${name}`),
    restart: async (name) => void asked.push(`restart ${name}`),
    close: async () => undefined,
  }
  return { one, asked }
}

it('passes each act on to the part it names, and answers with what became of it', async () => {
  const { one, asked } = handle()
  expect(await openParts(one).act('broker-a:0', 'restart')).toMatchObject({
    name: 'broker-a:0',
    state: 'running',
    lastLines: ['ready'],
  })
  expect(asked).toEqual(['restart broker-a:0'])
})
it('refuses a part that is none, and a cluster that runs elsewhere', async () => {
  const { one, asked } = handle()
  await expect(openParts(one).act('broker-b:0', 'stop')).rejects.toMatchObject({ kind: 'not-found' })
  await expect(openParts(undefined).act('broker-a:0', 'stop')).rejects.toMatchObject({ kind: 'not-supported' })
  expect(openParts(undefined).all()).toEqual([])
  expect(asked).toEqual([])
})
