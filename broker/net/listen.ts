// broker/net/listen.ts: a port that takes connections. Each is on its own: what one peer does wrong, only it notices.
import { createServer, type Server, type Socket } from 'node:net'
import { type Drainable, openConnection } from './connection'
import { createOutbox } from './outbox'
import { createTurn } from './turn'
import { type Connection, type Listener, type ListenOptions, NetError } from './types'

const defaultMaxUnsentBytes = 256 * 1024 * 1024
/** What was asked has this long to be answered, and to leave, when the listener closes. */
const drainMs = 3000

/** Begins to listen. Throws a NetError 'port-in-use' when somebody else does already. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const turn = options.turn ?? createTurn()
  const outbox = createOutbox()
  const log = options.log ?? (() => {})
  const connections = new Set<Connection & Drainable>()
  let nextId = 1
  const take = (socket: Socket) => {
    if (socket.remoteAddress === undefined) {
      socket.destroy() // it went away before it was looked at
      return
    }
    const connection = openConnection(socket, {
      id: nextId++,
      turn,
      outbox,
      maxFrameBytes: options.maxFrameBytes,
      maxUnsentBytes: options.maxUnsentBytes ?? defaultMaxUnsentBytes,
      idleMs: options.idleMs,
      onRequest: options.onRequest,
      log,
      onClose: (closed, why) => {
        connections.delete(connection)
        options.onClose?.(closed, why)
      },
    })
    connections.add(connection)
    options.onOpen?.(connection)
  }
  const { tls, admits } = options
  const begin = (socket: Socket): void => {
    if (admits?.(socket) === false) socket.destroy()
    else if (tls === undefined) take(socket)
    else tls.admit(socket, options.idleMs, take)
  }
  const server = createServer({ noDelay: true, keepAlive: true }, begin)
  const port = await bind(server, options.host, options.port)
  server.on('error', (error) => log(`listener ${options.host}:${port}: ${error.message}`))
  return {
    port,
    connections,
    async close() {
      const stopped = new Promise<void>((resolve) => server.close(() => resolve()))
      tls?.close()
      await Promise.all([...connections].map((connection) => connection.drain('the server stops', drainMs)))
      await stopped
    },
  }
}

/** Answers with the real port. Throws a NetError. */
export const bind = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port))
    server.once('error', failed)
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off('error', failed)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new NetError(
      'port-in-use',
      `port ${port} on ${host} is in use by another program: stop that one, or choose another port`,
      { cause: error },
    )
  }
  if (error.code === 'EACCES') {
    return new NetError('refused', `port ${port} on ${host} needs rights this process has not: choose one above 1023`, {
      cause: error,
    })
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new NetError('refused', `${host} is no address of this machine: choose another host to listen on`, {
      cause: error,
    })
  }
  return new NetError('refused', `cannot listen on ${host}:${port}: ${error.message}`, { cause: error })
}
