// broker/net/dial.ts: connections to others. At most one per address; dialled on first use, given up when idle or lost,
// dialled again by the next who asks.
import { connect, type Socket } from 'node:net'
import type { ExtFields } from '../protocol/command'
import { type Drainable, openConnection } from './connection'
import { createOutbox } from './outbox'
import { secure } from './tls'
import { createTurn, type Turn } from './turn'
import { type Connection, type Dialer, type DialOptions, NetError } from './types'

const defaults = {
  connectTimeoutMs: 3000,
  maxFrameBytes: 16 * 1024 * 1024,
  maxUnsentBytes: 256 * 1024 * 1024,
  idleMs: 120_000,
}

export const openDialer = (options: DialOptions = {}): Dialer => new AddressDialer(options)

class AddressDialer implements Dialer {
  readonly #options: DialOptions
  readonly #turn: Turn
  readonly #outbox = createOutbox()
  /** Open, or being dialled. A failed dial removes itself. */
  readonly #byAddress = new Map<string, Promise<Connection & Drainable>>()
  #nextId = 1
  #closed = false

  constructor(options: DialOptions) {
    this.#options = options
    this.#turn = options.turn ?? createTurn()
  }

  async request(address: string, code: number, ext: ExtFields, body: Buffer | undefined, timeoutMs: number) {
    const startedAtMs = performance.now()
    const connection = await this.#connection(address)
    const leftMs = timeoutMs - (performance.now() - startedAtMs)
    if (leftMs <= 0) throw new NetError('timeout', `${address} took longer than ${timeoutMs} ms to reach`)
    return connection.request(code, ext, body, leftMs)
  }

  async oneway(address: string, code: number, ext: ExtFields, body?: Buffer): Promise<void> {
    const connection = await this.#connection(address)
    connection.oneway(code, ext, body)
  }

  close(): void {
    this.#closed = true
    for (const opening of this.#byAddress.values()) {
      opening.then(
        (connection) => connection.drain('closed here', 1000),
        () => {}, // it never came up: whoever dialled was told
      )
    }
    this.#byAddress.clear()
  }

  async #connection(address: string): Promise<Connection & Drainable> {
    if (this.#closed) throw new NetError('closed', 'this dialer is closed')
    const held = this.#byAddress.get(address)
    if (held !== undefined) {
      const connection = await held
      if (!connection.closed) return connection
      this.#forget(address, held)
      return this.#connection(address)
    }
    const dialled = this.#dial(address)
    this.#byAddress.set(address, dialled)
    dialled.catch(() => this.#forget(address, dialled))
    return dialled
  }

  #forget(address: string, dialled: Promise<Connection & Drainable>): void {
    if (this.#byAddress.get(address) === dialled) this.#byAddress.delete(address)
  }

  async #dial(address: string): Promise<Connection & Drainable> {
    const timeoutMs = this.#options.connectTimeoutMs ?? defaults.connectTimeoutMs
    const { tls, resolve } = this.#options
    const at = resolve === undefined ? { address, host: hostOf(address) } : await resolve(address)
    const plain = await reach(at.address, timeoutMs)
    const socket = tls === undefined ? plain : await secure(plain, at.host, tls, timeoutMs)
    const connection = openConnection(socket, {
      id: this.#nextId++,
      turn: this.#turn,
      outbox: this.#outbox,
      maxFrameBytes: this.#options.maxFrameBytes ?? defaults.maxFrameBytes,
      maxUnsentBytes: defaults.maxUnsentBytes,
      idleMs: defaults.idleMs,
      onRequest:
        this.#options.onRequest ??
        ((request, from) => from.reply(request, { code: 3, remark: ` request type ${request.code} not supported` })),
      log: this.#options.log ?? (() => {}),
      sign: this.#options.sign,
      onClose: () => {
        const held = this.#byAddress.get(address)
        void held?.then((current) => {
          if (current === connection) this.#forget(address, held)
        })
        this.#options.onClose?.(address)
      },
    })
    return connection
  }
}

const hostOf = (address: string): string => address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '')

/** Connects to `host:port` or `[ipv6]:port`. */
export function reach(address: string, timeoutMs: number): Promise<Socket> {
  const split = address.lastIndexOf(':')
  const host = hostOf(address)
  const port = Number(address.slice(split + 1))
  if (split <= 0 || !Number.isInteger(port) || port < 1 || port > 65_535) {
    return Promise.reject(new NetError('refused', `${address} is not of the form host:port`))
  }
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true })
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new NetError('timeout', `${address} did not accept a connection within ${timeoutMs} ms`))
    }, timeoutMs)
    const failed = (error: Error) => {
      clearTimeout(timer)
      reject(new NetError('refused', `cannot connect to ${address}: ${error.message}`, { cause: error }))
    }
    socket.once('error', failed)
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.off('error', failed)
      resolve(socket)
    })
  })
}
