// test/broker/net/listen.test.ts: a listener and a dialer that speak with each other over a real socket.
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openDialer } from '../../../broker/net/dial'
import { listen } from '../../../broker/net/listen'
import type { Connection, Dialer, Listener, ListenOptions } from '../../../broker/net/types'
import { type Command, encodeCommand, newRequest } from '../../../broker/protocol/command'

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
const asking = (opaque: number) => ({ ...newRequest(105, { topic: 'T' }, opaque), form: 0 as const })
const countFrames = (bytes: Buffer): number => {
  let count = 0
  for (let at = 0; at + 4 <= bytes.length; at += 4 + bytes.readInt32BE(at)) count++
  return count
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

  it('sends what a turn answered to one peer in one write', async () => {
    const listener = await listening({ onRequest: (request, connection) => connection.reply(request, { code: 0 }) })
    const socket = connect(listener.port, '127.0.0.1')
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    const ask = Buffer.concat(Array.from({ length: 50 }, (_, at) => Buffer.concat(encodeCommand(asking(at)))))
    socket.write(ask)
    await vi.waitFor(() => expect(countFrames(Buffer.concat(chunks))).toBe(50))
    expect(chunks).toHaveLength(1)
    socket.destroy()
  })

  it.each([
    [1, 256],
    [8, 512],
  ])(
    'ST11 DP5: takes what one asks amid %d floods within a turn of theirs: at most %d frames',
    async (floods, most) => {
      const total = 24_000
      const each = total / floods
      const handled: number[] = []
      let asked = -1
      const quiet: { socket?: Socket } = {}
      const listener = await listening({
        onRequest: (request, connection) => {
          handled.push(request.code)
          connection.reply(request, { code: 0 })
          // by now the others' frames fill every buffer there is
          if (handled.length !== total / 4) return
          asked = handled.length
          quiet.socket?.write(Buffer.concat(encodeCommand({ ...newRequest(7, {}, 1), form: 0 })))
        },
      })
      const open = () =>
        new Promise<Socket>((resolve) => {
          const socket: Socket = connect(listener.port, '127.0.0.1', () => resolve(socket))
          socket.resume()
        })
      quiet.socket = await open()
      const flood = Buffer.concat(Array.from({ length: each }, (_, at) => Buffer.concat(encodeCommand(asking(at)))))
      const flooders = await Promise.all(Array.from({ length: floods }, open))
      for (const socket of flooders) socket.write(flood)
      await vi.waitFor(() => expect(handled).toHaveLength(total + 1), { timeout: 60_000 })
      expect(handled.indexOf(7) - asked).toBeLessThanOrEqual(most)
      for (const socket of [quiet.socket, ...flooders]) socket.destroy()
    },
    90_000,
  )

  it('takes all that a peer sent before it went away', async () => {
    let handled = 0
    const listener = await listening({ onRequest: () => void handled++ })
    const socket = connect(listener.port, '127.0.0.1')
    const oneways = Array.from({ length: 1000 }, (_, at) =>
      Buffer.concat(encodeCommand({ ...newRequest(310, {}, at, true), form: 0 })),
    )
    socket.end(Buffer.concat(oneways))
    await vi.waitFor(() => expect(handled).toBe(1000), { timeout: 60_000 })
    await vi.waitFor(() => expect(listener.connections.size).toBe(0), { timeout: 60_000 })
  }, 90_000)

  it('says when a body has left, or that it never will', async () => {
    let left = 0
    const body = [Buffer.alloc(100_000, 1), Buffer.alloc(10, 2), Buffer.alloc(100_000, 3)]
    const listener = await listening({
      onRequest: (request, connection) => {
        connection.reply(request, { code: 0, body, sent: () => left++ })
        if (request.code === 2) connection.close('for the test')
      },
    })
    const address = `127.0.0.1:${listener.port}`
    const reply = await dialing().request(address, 1, {}, undefined, 5000)
    expect(reply.body.equals(Buffer.concat(body))).toBe(true)
    await vi.waitFor(() => expect(left).toBe(1))
    await expect(dialing().request(address, 2, {}, undefined, 5000)).rejects.toMatchObject({ fault: 'closed' })
    await vi.waitFor(() => expect(left).toBe(2))
  })

  it('closes a peer that asks and never reads, and only that one', async () => {
    const lines: string[] = []
    const listener = await listening({
      maxUnsentBytes: 4 << 20,
      log: (line) => lines.push(line),
      onRequest: (request, connection) => connection.reply(request, { code: 0, body: Buffer.alloc(1 << 20) }),
    })
    const greedy = connect(listener.port, '127.0.0.1')
    greedy.pause()
    greedy.on('error', () => {})
    greedy.write(Buffer.concat(Array.from({ length: 64 }, (_, at) => Buffer.concat(encodeCommand(asking(at))))))
    await vi.waitFor(() => expect(lines.join()).toMatch(/does not read/), { timeout: 5000 })
    const reply = await dialing().request(`127.0.0.1:${listener.port}`, 1, {}, undefined, 5000)
    expect(reply.body.length).toBe(1 << 20)
    greedy.destroy()
  })

  it('closes a connection that has been silent too long', async () => {
    const whys: string[] = []
    const listener = await listening({ idleMs: 30, onRequest: () => {}, onClose: (_, why) => whys.push(why) })
    const socket = connect(listener.port, '127.0.0.1')
    await closedBy(socket)
    expect(whys).toEqual(['nothing was said for 30 ms'])
    expect(listener.connections.size).toBe(0)
  })

  it('answers what is in flight before it closes', async () => {
    const taken: (() => void)[] = []
    const listener = await listen({
      host: '127.0.0.1',
      port: 0,
      maxFrameBytes: 1 << 20,
      idleMs: 60_000,
      onRequest: (request, connection) => taken.push(() => connection.reply(request, { code: 0, remark: 'late' })),
    })
    const asked = dialing().request(`127.0.0.1:${listener.port}`, 1, {}, undefined, 5000)
    await vi.waitFor(() => expect(taken).toHaveLength(1))
    const closed = listener.close()
    setImmediate(() => taken[0]?.())
    expect((await asked).remark).toBe('late')
    await closed
    await expect(dialing().request(`127.0.0.1:${listener.port}`, 1, {}, undefined, 500)).rejects.toMatchObject({
      fault: 'refused',
    })
  })
})

describe('a dialer', () => {
  it('says that nobody answers, that nobody is there, and that the peer left', async () => {
    const listener = await listening({
      onRequest: (request, connection) => {
        if (request.code === 2) connection.close('for the test')
      },
    })
    const dialer = dialing()
    const address = `127.0.0.1:${listener.port}`
    await expect(dialer.request(address, 1, {}, undefined, 20)).rejects.toMatchObject({ fault: 'timeout' })
    await expect(dialer.request(address, 2, {}, undefined, 5000)).rejects.toMatchObject({ fault: 'closed' })
    await expect(dialer.request('127.0.0.1:1', 1, {}, undefined, 5000)).rejects.toMatchObject({ fault: 'refused' })
    await expect(dialer.request('nonsense', 1, {}, undefined, 5000)).rejects.toMatchObject({ fault: 'refused' })
    dialer.close()
    await expect(dialer.request(address, 1, {}, undefined, 5000)).rejects.toMatchObject({ fault: 'closed' })
  })

  it('dials again after a connection was lost, and keeps one for all who ask', async () => {
    const listener = await listening({
      onRequest: (request, connection) => {
        if (request.code === 2) connection.close('for the test')
        else connection.reply(request, { code: 0, remark: String(connection.id) })
      },
    })
    const dialer = dialing()
    const address = `127.0.0.1:${listener.port}`
    const ids = await Promise.all([1, 1, 1].map((code) => dialer.request(address, code, {}, undefined, 5000)))
    expect(new Set(ids.map((reply) => reply.remark)).size).toBe(1)
    await dialer.request(address, 2, {}, undefined, 5000).catch(() => {})
    expect((await dialer.request(address, 1, {}, undefined, 5000)).remark).toBe('2')
  })

  it('signs each request before it leaves and tells without being answered', async () => {
    const seen: Command[] = []
    const listener = await listening({
      onRequest: (request, connection) => {
        seen.push(request)
        connection.reply(request, { code: 0 })
      },
    })
    const dialer = openDialer({
      sign: (code, ext) => {
        ext.signed = `for ${code}`
      },
    })
    open.push(dialer)
    const address = `127.0.0.1:${listener.port}`
    await dialer.oneway(address, 40, { a: '1' }, Buffer.from('told'))
    await dialer.request(address, 41, {}, undefined, 5000)
    expect(seen.map(({ code, flag, ext, body }) => [code, flag, { ...ext }, body.toString()])).toEqual([
      [40, 2, { a: '1', signed: 'for 40' }, 'told'],
      [41, 0, { signed: 'for 41' }, ''],
    ])
  })
})
