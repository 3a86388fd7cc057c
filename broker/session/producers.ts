// broker/session/producers.ts: who produces now, by group and by client id. Owner: the broker's thread; told by
// heartbeats, forgotten with the connection.
import type { Connection } from '../net/types'
import type { ClientChannel, Producers } from './types'

export interface ProducersOptions {
  clock: () => number
  log: (level: 'debug' | 'info' | 'warn', line: string) => void
}
export const createProducers = (options: ProducersOptions): Producers => new Online(options)

class Online implements Producers {
  readonly #options: ProducersOptions
  readonly #groups = new Map<string, Map<Connection, ClientChannel>>()
  readonly #groupsByConnection = new Map<Connection, Set<string>>()
  readonly #byClientId = new Map<string, ClientChannel>()
  #turn = 0

  constructor(options: ProducersOptions) {
    this.#options = options
  }

  get(group: string): ReadonlyMap<Connection, ClientChannel> | undefined {
    return this.#groups.get(group)
  }
  groups(): Iterable<readonly [string, ReadonlyMap<Connection, ClientChannel>]> {
    return this.#groups.entries()
  }

  register(group: string, channel: Omit<ClientChannel, 'lastUpdateMs'>): void {
    let channels = this.#groups.get(group)
    if (channels === undefined) {
      channels = new Map()
      this.#groups.set(group, channels)
    }
    if (!channels.has(channel.connection))
      this.#options.log('info', `${channel.clientId} joined producer group ${group}`)
    const online = { ...channel, lastUpdateMs: this.#options.clock() }
    channels.set(channel.connection, online)
    this.#byClientId.set(channel.clientId, online)
    const groups = this.#groupsByConnection.get(channel.connection)
    if (groups === undefined) this.#groupsByConnection.set(channel.connection, new Set([group]))
    else groups.add(group)
  }

  unregister(group: string, clientId: string, connection: Connection): void {
    if (this.#groups.get(group)?.get(connection)?.clientId === clientId) this.#leave(group, connection)
  }

  channelOf(clientId: string): ClientChannel | undefined {
    return this.#byClientId.get(clientId)
  }

  next(group: string): ClientChannel | undefined {
    const live = [...(this.#groups.get(group)?.values() ?? [])].filter((channel) => !channel.connection.closed)
    this.#turn = (this.#turn + 1) % Number.MAX_SAFE_INTEGER
    return live[this.#turn % live.length]
  }

  connectionClosed(connection: Connection): void {
    for (const group of [...(this.#groupsByConnection.get(connection) ?? [])]) this.#leave(group, connection)
  }

  expire(expiryMs: number): void {
    const before = this.#options.clock() - expiryMs
    for (const [group, channels] of [...this.#groups]) {
      for (const channel of [...channels.values()]) {
        if (channel.lastUpdateMs >= before) continue
        this.#options.log('warn', `${channel.clientId} of producer group ${group} sent no heartbeat for ${expiryMs} ms`)
        this.#leave(group, channel.connection)
        channel.connection.close('no heartbeat')
      }
    }
  }

  #leave(group: string, connection: Connection): void {
    const channels = this.#groups.get(group)
    const channel = channels?.get(connection)
    if (channels === undefined || channel === undefined) return
    channels.delete(connection)
    if (channels.size === 0) this.#groups.delete(group)
    const groups = this.#groupsByConnection.get(connection)
    groups?.delete(group)
    if (groups?.size === 0) this.#groupsByConnection.delete(connection)
    if (this.#byClientId.get(channel.clientId)?.connection === connection && groups?.size === 0) {
      this.#byClientId.delete(channel.clientId)
    }
    this.#options.log('info', `${channel.clientId} left producer group ${group}`)
  }
}
