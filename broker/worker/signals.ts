// broker/worker/signals.ts: how a process is asked to end. npm and a process group deliver the same signal twice, so what
// follows within two seconds of the first is the same request; only a later one ends at once.

const SAME_REQUEST_MS = 2000

export interface SignalOptions {
  /** Ends everything in order. */
  stop: (signal: NodeJS.Signals) => Promise<void>
  say: (line: string) => void
  exit?: (code: number) => void
  now?: () => number
}

/** Answers with the function that takes a signal, for tests. */
export function onStopSignals({ stop, say, exit = process.exit, now = () => performance.now() }: SignalOptions) {
  let firstMs: number | undefined
  const take = (signal: NodeJS.Signals): void => {
    if (firstMs !== undefined) {
      if (now() - firstMs <= SAME_REQUEST_MS) return
      say(`${signal} again: ending at once`)
      exit(1)
      return
    }
    firstMs = now()
    say(`${signal}: stopping in order`)
    stop(signal).then(
      () => exit(0),
      (error: unknown) => {
        say(`stopping failed: ${error instanceof Error ? error.message : error}`)
        exit(1)
      },
    )
  }
  process.on('SIGTERM', take)
  process.on('SIGINT', take)
  return take
}
