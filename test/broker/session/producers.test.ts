// test/broker/session/producers.test.ts: who produces, by group and by client id.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createProducers } from '../../../broker/session/producers'
import type { Producers } from '../../../broker/session/types'
import { type Client, openWire, type Wire } from './wire'

let nowMs: number
let producers: Producers
let wire: Wire
beforeEach(async () => {
  nowMs = 1_000_000
  producers = createProducers({ clock: () => nowMs, log: () => {} })
  wire = await openWire((connection) => producers.connectionClosed(connection))
})
afterEach(() => wire.close())

const register = (client: Client, clientId: string, group = 'g') =>
  producers.register(group, { connection: client.connection, clientId, language: 'GO', version: 317 })

describe('a producer group', () => {
  it('has every instance that sent a heartbeat, with its language and version', async () => {
    const [a, b] = [await wire.connect(), await wire.connect()]
    register(a, 'a')
    register(b, 'b')
    const channels = [...(producers.get('g')?.values() ?? [])]
    expect(channels.map(({ clientId, language, version }) => [clientId, language, version])).toEqual([
      ['a', 'GO', 317],
      ['b', 'GO', 317],
    ])
    expect(producers.channelOf('b')?.connection).toBe(b.connection)
  })

  it('is asked in turns', async () => {
    const [a, b] = [await wire.connect(), await wire.connect()]
    register(a, 'a')
    register(b, 'b')
    const asked = [1, 2, 3, 4].map(() => producers.next('g')?.clientId)
    expect(new Set(asked.slice(0, 2))).toEqual(new Set(['a', 'b']))
    expect(asked.slice(2)).toEqual(asked.slice(0, 2))
    expect(producers.next('nobody')).toBeUndefined()
  })

  it('forgets an instance with its connection, in all its groups', async () => {
    const [a, b] = [await wire.connect(), await wire.connect()]
    register(a, 'a')
    register(a, 'a', 'h')
    register(b, 'b')
    a.hangUp()
    await expect.poll(() => producers.get('h')).toBeUndefined()
    expect([...(producers.get('g')?.values() ?? [])].map(({ clientId }) => clientId)).toEqual(['b'])
    expect(producers.channelOf('a')).toBeUndefined()
  })

  it('keeps the client id findable while one of its groups is left', async () => {
    const a = await wire.connect()
    register(a, 'a')
    register(a, 'a', 'h')
    producers.unregister('g', 'a', a.connection)
    expect(producers.channelOf('a')).toBeDefined()
    producers.unregister('h', 'a', a.connection)
    expect(producers.channelOf('a')).toBeUndefined()
  })

  it('drops and hangs up on an instance that sent no heartbeat for too long', async () => {
    const a = await wire.connect()
    register(a, 'a')
    nowMs += 120_001
    producers.expire(120_000)
    expect(producers.get('g')).toBeUndefined()
    expect(a.connection.closed).toBe(true)
  })
})
