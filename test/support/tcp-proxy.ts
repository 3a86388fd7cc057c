// test/support/tcp-proxy.ts: a wire between two ends that a test may cut at a byte of its choice, hold up, or leave dead.
import { connect, createServer, type Socket } from 'node:net'

export interface Wire {
  readonly address: string
  /** How often the near end has dialled. */
  readonly dialled: number
  /** Bytes that came from the far end, over all connections. */
  readonly carried: number
  /** The next connection (and each one after it) is cut once so many bytes came from the far end. */
  cutAfter(bytes: (connection: number) => number): void
  /** Nothing passes in either direction, or one way only, and nobody is told. Bytes that are swallowed do not come later. */
  hold(held: boolean, way?: 'to-far' | 'to-near'): void
  /** What passes from now on takes so much longer, in both directions, in order. */
  delay(ms: number): void
  cutNow(): void
  close(): Promise<void>
}

export async function openWire(target: () => number): Promise<Wire> {
  const open = new Set<Socket>()
  const state = {
    dialled: 0,
    carried: 0,
    holdsFar: false,
    holdsNear: false,
    delayMs: 0,
    limit: (_connection: number) => Number.POSITIVE_INFINITY,
  }
  const server = createServer({ noDelay: true }, (near) => {
    const limit = state.limit(state.dialled)
    state.dialled += 1
    const far = connect({ host: '127.0.0.1', port: target(), noDelay: true })
    const end = () => {
      near.destroy()
      far.destroy()
      open.delete(near)
      open.delete(far)
    }
    let passed = 0
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('error', end)
      socket.on('close', end)
    }
    const toFar = inOrder(() => state.delayMs)
    const toNear = inOrder(() => state.delayMs)
    near.on('data', (chunk) => toFar(() => void (state.holdsFar || far.destroyed || far.write(chunk))))
    far.on('data', (chunk) => toNear(() => pass(chunk)))
    const pass = (chunk: Buffer): void => {
      if (state.holdsNear || near.destroyed) return
      const part = chunk.subarray(0, limit - passed)
      passed += part.length
      state.carried += part.length
      // what was let through arrives before the cut is felt
      if (passed >= limit) near.end(part, () => end())
      else near.write(part)
    }
    if (limit === 0) far.once('connect', end)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    address: `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    get dialled() {
      return state.dialled
    },
    get carried() {
      return state.carried
    },
    cutAfter(bytes) {
      state.limit = bytes
    },
    hold(held, way) {
      if (way !== 'to-near') state.holdsFar = held
      if (way !== 'to-far') state.holdsNear = held
    },
    delay(ms) {
      state.delayMs = ms
    },
    cutNow() {
      for (const socket of open) socket.destroy()
    },
    close() {
      for (const socket of open) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** Runs what it is given, each not before `delayMs` have passed, and none before those that came earlier. */
function inOrder(delayMs: () => number): (work: () => void) => void {
  const waiting: { work: () => void; dueMs: number }[] = []
  const run = (): void => {
    for (let first = waiting[0]; first !== undefined && first.dueMs <= performance.now(); first = waiting[0]) {
      first.work()
      waiting.shift()
    }
    const next = waiting[0]
    if (next !== undefined) setTimeout(run, Math.max(1, next.dueMs - performance.now()))
  }
  return (work) => {
    const ms = delayMs()
    if (ms === 0 && waiting.length === 0) {
      work()
      return
    }
    if (waiting.push({ work, dueMs: performance.now() + ms }) === 1) setTimeout(run, ms)
  }
}
