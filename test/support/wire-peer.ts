// test/support/wire-peer.ts: a small peer that speaks the protocol: it answers each request code as a test says, counts
// them, and can fall silent. For faults a real broker cannot be made to show.
import { listen } from '../../broker/net/listen'
import type { Listener, Reply } from '../../broker/net/types'
import type { Command } from '../../broker/protocol/command'

export type Answer = (request: Command) => Reply | undefined
export interface WirePeer {
  readonly address: string
  /** Request code to how often it was asked. */
  readonly asked: Map<number, number>
  /** Nothing is answered from now on; connections stay open. */
  silent: boolean
  /** Each answer comes so much later. */
  delayMs: number
  answers: Record<number, Answer>
  close(): Promise<void>
}
export const openWirePeer = async (answers: Record<number, Answer>): Promise<WirePeer> => {
  const asked = new Map<number, number>()
  const listener: Listener = await listen({
    host: '127.0.0.1',
    port: 0,
    maxFrameBytes: 16 * 1024 * 1024,
    idleMs: 60_000,
    onRequest: (request, connection) => {
      asked.set(request.code, (asked.get(request.code) ?? 0) + 1)
      if (peer.silent) return
      const reply = peer.answers[request.code]?.(request)
      const answer = (): void =>
        connection.reply(request, reply ?? { code: 3, remark: ` request type ${request.code} not supported` })
      if (peer.delayMs > 0) setTimeout(answer, peer.delayMs)
      else answer()
    },
  })
  const peer: WirePeer = {
    address: `127.0.0.1:${listener.port}`,
    asked,
    silent: false,
    delayMs: 0,
    answers,
    close: () => listener.close(),
  }
  return peer
}
export const json = (value: unknown): Reply => ({
  code: 0,
  body: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
})
