// test/broker/net/listen.test.ts: a listener and a dialer that speak with each other over a real socket.
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { openDialer } from '../../../broker/net/dial'
import { listen } from '../../../broker/net/listen'
import type { Connection, Dialer, Listener, ListenOptions } from '../../../broker/net/types'

const open: (Listener | Dialer)[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})
const listening = async (options: Partial<ListenOptions> & Pick<ListenOptions, 'onRequest'>): Promise<Listener> => {
  const listener = await listen({ host: '127.0.0.1', port: 0, maxFrameBytes: 1 << 20, idleMs: 60_000, ...options })
  open.push(listener)
  return listener
}
const dialing = (): Dialer => {
  const dialer = openDialer()
  open.push(dialer)
  return dialer
}
const closedBy = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()))

describe('a listener', () => {
  it('answers each request with its own reply, in whatever order they are given', async () => {
    const held: (() => void)[] = []
    const listener = await listening({
      onRequest: (request, connection) => {
        held.push(() => connection.reply(request, { code: 0, ext: { n: request.ext.n }, body: request.body }))
        if (held.length === 3) for (const answer of held.reverse()) answer()
      },
    })
    const dialer = dialing()
    const address = `127.0.0.1:${listener.port}`
    const ask = (n: string) => dialer.request(address, 105, { n }, Buffer.from(`body ${n}`), 5000)
    const replies = await Promise.all([ask('1'), ask('2'), ask('3')])
    expect(replies.map((reply) => [reply.ext.n, reply.body.toString()])).toEqual([
      ['1', 'body 1'],
      ['2', 'body 2'],
      ['3', 'body 3'],
    ])
    expect(listener.connections.size).toBe(1)
  })

  it('asks its peer on the connection the peer opened', async () => {
    const dialer = openDialer({ onRequest: (request, from) => from.reply(request, { code: 0, remark: 'here I am' }) })
    open.push(dialer)
    const seen: Connection[] = []
    const listener = await listening({
      onOpen: (connection) => seen.push(connection),
      onRequest: (request, connection) => connection.reply(request, { code: 0 }),
    })
    await dialer.request(`127.0.0.1:${listener.port}`, 34, {}, undefined, 5000)
    const reply = await seen[0]?.request(307, { clientId: 'c' }, undefined, 5000)
    expect(reply?.remark).toBe('here I am')
  })

  it('closes a peer that speaks TLS or HTTP and says so', async () => {
    const lines: string[] = []
    const listener = await listening({ onRequest: () => {}, log: (line) => lines.push(line) })
    for (const first of ['\u0016\u0003\u0001', 'GET / HTTP/1.1\r\n\r\n']) {
      const socket = connect(listener.port, '127.0.0.1')
      socket.on('error', () => {}) // a reset is as good an end as any here
      socket.write(first, 'latin1')
      await closedBy(socket)
    }
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(/TLS/)
    expect(lines[1]).toMatch(/HTTP/)
  })

  it('names host, port and what to do when the port is taken', async () => {
    const first = await listening({ onRequest: () => {} })
    await expect(listening({ onRequest: () => {}, port: first.port })).rejects.toMatchObject({
      fault: 'port-in-use',
      message: expect.stringMatching(`port ${first.port} on 127.0.0.1 .*choose another port`),
    })
  })
})
