// server/db/db-entry.ts: the thread of console.db. It answers questions in the order they come, which makes it the one
// write queue of the console's state.
import { parentPort, workerData } from 'node:worker_threads'
import { type Answer, openEngine, type Statement } from './engine'

export type Question =
  | { id: number; statement: Statement }
  | { id: number; batch: readonly Statement[] }
  | { id: number; close: true }
export type Reply =
  | { id: number; answer: Answer | Answer[] }
  | { id: number; error: string }
  | { ready: true }
  | { failed: string }

const port = parentPort
if (port !== null) {
  const say = (reply: Reply): void => port.postMessage(reply)
  const text = (error: unknown): string => (error instanceof Error ? error.message : String(error))
  try {
    const engine = await openEngine((workerData as { file: string }).file) // given by open.ts
    let last: Promise<void> = Promise.resolve()
    port.on('message', (question: Question) => {
      last = last.then(async () => {
        try {
          if ('close' in question) {
            engine.close()
            say({ id: question.id, answer: [] })
            port.close()
          } else if ('batch' in question) say({ id: question.id, answer: await engine.batch(question.batch) })
          else say({ id: question.id, answer: await engine.ask(question.statement) })
        } catch (error) {
          say({ id: question.id, error: text(error) })
        }
      })
    })
    say({ ready: true })
  } catch (error) {
    say({ failed: text(error) })
  }
}
