// components/trpc/production.ts: a change on a cluster marked production is refused until it carries the cluster's name. The
// link keeps the call, asks whoever draws the question, and sends it again with the name that was typed.
import { TRPCClientError, type TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import type { AppRouter } from '../../server/root'
import { faultOf } from './fault'

export interface ProductionQuestion {
  readonly cluster: string
  /** The name as it was typed; null: leave it. */
  answer(name: string | null): void
}
let open: ProductionQuestion | null = null
const listeners = new Set<() => void>()
const set = (question: ProductionQuestion | null): void => {
  open = question
  for (const tell of listeners) tell()
}
export const productionQuestion = {
  now: (): ProductionQuestion | null => open,
  subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}
const ask = (cluster: string): Promise<string | null> =>
  new Promise((done) => {
    open?.answer(null)
    set({
      cluster,
      answer(name) {
        set(null)
        done(name)
      },
    })
  })

export const productionLink: TRPCLink<AppRouter> =
  () =>
  ({ next, op }) =>
    observable((observer) => {
      let sent = next(op).subscribe({
        next: (value) => observer.next(value),
        complete: () => observer.complete(),
        error(error) {
          const { input } = op
          const isRefused = error instanceof TRPCClientError && faultOf(error)?.kind === 'production'
          if (!isRefused || typeof input !== 'object' || input === null || !('cluster' in input)) {
            observer.error(error)
            return
          }
          void ask(String(input.cluster)).then((production) => {
            if (production === null) observer.error(error)
            else sent = next({ ...op, input: { ...input, production } }).subscribe(observer)
          })
        },
      })
      return () => sent.unsubscribe()
    })
