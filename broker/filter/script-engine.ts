// broker/filter/script-engine.ts: runs one filter script in an interpreter of its own, QuickJS in WebAssembly: it sees the
// message it is asked about and the language, and nothing of this machine. Bounds: time, memory, stack. Who breaks one begins
// anew with the next message. Runs in a thread of its own only: some ways to loop are inside the interpreter, where
// nobody asks for the time.
import type { QuickJSContext, QuickJSHandle, QuickJSRuntime, QuickJSWASMModule } from 'quickjs-emscripten-core'
import { type FaultKind, scriptLimits } from './script-types'

export type Verdict = { readonly passes: boolean } | { readonly kind: FaultKind; readonly fault: string }

export interface ScriptEngine {
  /** `message`: as JSON. Never throws. */
  judge(message: string): Verdict
  /** Whether it looks at bodies: only then are they worth being handed over. */
  readonly readsBody: boolean
  dispose(): void
}

/** Throws an Error with a text for the author of a script that cannot be used. */
export function openScript(quickJs: QuickJSWASMModule, source: string, timeLimitMs: number): ScriptEngine {
  const engine = new Engine(quickJs, source, timeLimitMs)
  engine.begin()
  return engine
}

/** What its own code is called in the texts of faults. */
const fileName = 'filter.js'
/** Without what runs later or loops without end in one call: promises, big integers, typed arrays. */
const intrinsics = {
  BaseObjects: true,
  Date: true,
  Eval: true,
  StringNormalize: true,
  RegExp: true,
  RegExpCompiler: true,
  JSON: true,
  Proxy: true,
  MapSet: true,
}

interface Run {
  readonly runtime: QuickJSRuntime
  readonly context: QuickJSContext
  readonly ask: QuickJSHandle
}

class Engine implements ScriptEngine {
  readonly #quickJs: QuickJSWASMModule
  readonly #source: string
  readonly #timeLimitMs: number
  readonly readsBody: boolean
  #run: Run | undefined
  #deadlineMs = 0

  constructor(quickJs: QuickJSWASMModule, source: string, timeLimitMs: number) {
    this.#quickJs = quickJs
    this.#source = source
    this.#timeLimitMs = timeLimitMs
    this.readsBody = /\bbody\b/.test(source)
  }

  begin(): Run {
    const runtime = this.#quickJs.newRuntime()
    runtime.setMemoryLimit(scriptLimits.memoryBytes)
    runtime.setMaxStackSize(scriptLimits.stackBytes)
    runtime.setInterruptHandler(() => performance.now() > this.#deadlineMs)
    const context = runtime.newContext({ intrinsics })
    // reading a script may take longer than judging a message
    this.#deadlineMs = performance.now() + this.#timeLimitMs + 100
    try {
      evaluated(context, this.#source).dispose()
      const ask = evaluated(
        context,
        `if (typeof match !== 'function') throw new TypeError('a filter script defines a function match(message)')
        const read = JSON.parse;
        (message) => match(read(message))`,
      )
      this.#run = { runtime, context, ask }
      return this.#run
    } catch (error) {
      end(runtime, context)
      throw error
    }
  }

  judge(message: string): Verdict {
    try {
      const { context, ask } = this.#run ?? this.begin()
      this.#deadlineMs = performance.now() + this.#timeLimitMs
      const text = context.newString(message)
      const result = context.callFunction(ask, context.undefined, text)
      text.dispose()
      if (result.error !== undefined) throw new ScriptFault(thrown(context, result.error))
      const passes = context.typeof(result.value) === 'boolean' ? context.dump(result.value) === true : undefined
      result.value.dispose()
      if (passes === undefined) return { kind: 'error', fault: 'match(message) answered neither true nor false' }
      return { passes }
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error)
      const kind = kindOf(fault)
      // what it was amid may be half done; and what is no fault of the script's is one of the interpreter's
      if (kind !== 'error' || !(error instanceof ScriptFault)) this.dispose()
      if (kind === 'time') return { kind, fault: `it took longer than ${this.#timeLimitMs} ms` }
      return { kind, fault: kind === 'memory' ? 'it wanted too much memory' : fault }
    }
  }

  dispose(): void {
    const run = this.#run
    this.#run = undefined
    if (run !== undefined) end(run.runtime, run.context, run.ask)
  }
}

class ScriptFault extends Error {
  override readonly name = 'ScriptFault'
}

function evaluated(context: QuickJSContext, code: string): QuickJSHandle {
  const result = context.evalCode(code, fileName)
  if (result.error !== undefined) throw new ScriptFault(thrown(context, result.error))
  return result.value
}

function thrown(context: QuickJSContext, error: QuickJSHandle): string {
  try {
    const said: unknown = context.dump(error)
    if (typeof said !== 'object' || said === null || !('message' in said)) return `it threw ${String(said)}`
    const name = 'name' in said ? `${said.name}: ` : ''
    const line = 'stack' in said ? /filter\.js:(\d+)/.exec(String(said.stack))?.[1] : undefined
    return `${name}${said.message}${line === undefined ? '' : ` (line ${line})`}`.slice(0, 500)
  } finally {
    error.dispose()
  }
}

const kindOf = (fault: string): FaultKind =>
  /interrupted/.test(fault) ? 'time' : /out of memory|memory access|stack overflow/i.test(fault) ? 'memory' : 'error'

/** An interpreter that ran out of memory may not be able to clear up after itself: then its memory is all that is lost. */
function end(runtime: QuickJSRuntime, context: QuickJSContext, ask?: QuickJSHandle): void {
  try {
    ask?.dispose()
    context.dispose()
    runtime.dispose()
  } catch {}
}
