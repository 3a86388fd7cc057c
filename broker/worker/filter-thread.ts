// broker/worker/filter-thread.ts: starts a thread of filter scripts, when there is something for it to do.
import { Worker } from 'node:worker_threads'
import type { ScriptThread, ScriptThreadEvents } from '../filter/script-threads'

/** Of its own JavaScript; what scripts take lies in WebAssembly's memory and is bounded for each. */
const heapMiB = 64

export function startFilterThread(
  events: ScriptThreadEvents,
  entry: string = new URL('./filter-entry.js', import.meta.url).href,
): ScriptThread {
  const worker = new Worker(new URL(entry), { resourceLimits: { maxOldGenerationSizeMb: heapMiB }, env: {}, argv: [] })
  worker.unref()
  worker.on('message', events.said)
  worker.on('error', (error) => events.ended(error.message))
  worker.on('exit', (code) => events.ended(`exit code ${code}`))
  return {
    tell: (message) => worker.postMessage(message),
    end: () => worker.terminate(),
  }
}
