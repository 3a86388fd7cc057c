// test/support/reverse-proxy.ts: a reverse proxy as one stands before the console: it passes a path on as it is, says in headers
// who asked and how, and carries websockets.
import { request as ask, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReverseProxy {
  address: string
  /** Addresses it was asked for and does not serve. */
  readonly strays: readonly string[]
  close(): Promise<void>
}
/** Serves what lies under `path` and nothing else; says that the browser speaks TLS. */
export const openReverseProxy = async (path: string, target: () => number): Promise<ReverseProxy> => {
  const strays: string[] = []
  const isOurs = (url: string): boolean => url === path || url.startsWith(`${path}/`) || url.startsWith(`${path}?`)
  const server = createServer((request, response) => {
    const url = request.url ?? '/'
    if (!isOurs(url)) {
      strays.push(url)
      response.writeHead(404).end('the proxy knows nothing there')
      return
    }
    const onward = ask(
      {
        host: '127.0.0.1',
        port: target(),
        method: request.method,
        path: url,
        headers: {
          ...request.headers, // Host too
          'x-forwarded-for': [request.headers['x-forwarded-for'] ?? [], '203.0.113.9'].flat().join(', '),
          'x-forwarded-proto': 'https',
        },
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    onward.once('error', () => response.destroy())
    request.pipe(onward)
  })
  server.on('upgrade', (request, socket) => {
    socket.on('error', () => socket.destroy())
    if (!isOurs(request.url ?? '/')) {
      socket.destroy()
      return
    }
    const onward = ask({ host: '127.0.0.1', port: target(), path: request.url, headers: request.headers })
    onward.once('upgrade', (answer, far) => {
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`)
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`)
      far.on('error', () => socket.destroy())
      socket.on('close', () => far.destroy())
      far.on('close', () => socket.destroy())
      far.pipe(socket)
      socket.pipe(far)
    })
    onward.once('response', () => socket.destroy())
    onward.once('error', () => socket.destroy())
    onward.end()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    address: `http://127.0.0.1:${port}`,
    strays,
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
