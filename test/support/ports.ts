// test/support/ports.ts: free TCP ports on loopback. They lie below the range the system gives to outgoing connections,
// so that one found free does not become somebody's source port before it is used.
import { createServer } from 'node:net'

const LOWEST = 12_000
const HIGHEST = 32_000

const isFree = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })

/**
 * A port P such that P plus each of `offsets` is free. A broker wants [-2, 0, 1] (VIP, main, HA); two brokers want
 * these and the same 10 above.
 */
export async function freePort(offsets: readonly number[] = [0], host = '127.0.0.1'): Promise<number> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST - 200)) + 20
    const checks = await Promise.all(offsets.map((offset) => isFree(port + offset, host)))
    if (checks.every(Boolean)) return port
  }
  throw new Error('no free ports found on loopback')
}

/** Ports for a name server and `brokers` brokers in a row, as the bundled cluster numbers them. */
export async function freeClusterPorts(brokers = 1): Promise<{ namesrvPort: number; brokerPort: number }> {
  const offsets = Array.from({ length: brokers }, (_, i) => [10 * i - 2, 10 * i, 10 * i + 1]).flat()
  const brokerPort = await freePort([...offsets, -5])
  return { namesrvPort: brokerPort - 5, brokerPort }
}
