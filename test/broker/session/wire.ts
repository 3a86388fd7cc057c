// test/broker/session/wire.ts: real connections on loopback for the tables of who is connected.
import { openDialer } from '../../../broker/net/dial'
import { listen } from '../../../broker/net/listen'
import type { Connection } from '../../../broker/net/types'
import type { Command } from '../../../broker/protocol/command'

export interface Client {
  /** The server's end. */
  readonly connection: Connection
  /** What the server told this client, in order. */
  readonly told: readonly Command[]
  hangUp(): void
}
export interface Wire {
  connect(): Promise<Client>
  close(): Promise<void>
}

export async function openWire(onClose: (connection: Connection) => void = () => {}): Promise<Wire> {
  const accepted: Connection[] = []
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    maxFrameBytes: 1024 * 1024,
    idleMs: 60_000,
    onOpen: (connection) => accepted.push(connection),
    onClose,
    onRequest: (request, connection) => connection.reply(request, { code: 0 }),
  })
  const dialers: { close(): void }[] = []
  return {
    async connect() {
      const told: Command[] = []
      const dialer = openDialer({ onRequest: (command) => told.push(command) })
      dialers.push(dialer)
      await dialer.request(`127.0.0.1:${listener.port}`, 0, {}, undefined, 5000)
      const connection = accepted.at(-1)
      if (connection === undefined) throw new Error('the listener accepted nobody')
      return { connection, told, hangUp: () => dialer.close() }
    },
    async close() {
      for (const dialer of dialers) dialer.close()
      await listener.close()
    },
  }
}
