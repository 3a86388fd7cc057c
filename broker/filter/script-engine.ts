// broker/filter/script-engine.ts: runs one filter script in an interpreter of its own, QuickJS in WebAssembly: it sees the
// message it is asked about and the language, and nothing of this machine. Bounds: time, memory, stack. Who breaks one is
// not asked again. Runs in a thread of its own only: some ways to loop are inside the interpreter, where
// nobody asks for the time.
import type { QuickJSContext, QuickJSHandle, QuickJSWASMModule } from 'quickjs-emscripten-core'
import { type FaultKind, scriptLimits } from './script-types'

export type Verdict = { readonly passes: boolean } | { readonly kind: FaultKind; readonly fault: string }

export interface ScriptEngine {
  /** `message`: as JSON. Never throws. */
  judge(message: string): Verdict
  /** Whether it looks at bodies: only then are they worth being handed over. */
  readonly readsBody: boolean
  /** It broke a bound, amid whatever it was at: nothing more may be asked of it. */
  readonly isSpent: boolean
}

/**
 * `quickJs`: an interpreter for this script alone. It is let go of with the script, and nothing in it is cleared up: what ran
 * out of memory cannot be. Throws an Error with a text for the author of a script that cannot be used.
 */
export const openScript = (quickJs: QuickJSWASMModule, source: string, timeLimitMs: number): ScriptEngine =>
  new Engine(quickJs, source, timeLimitMs)

/** What its own code is called in the texts of faults. */
const fileName = 'filter.js'
/** The interpreter asks each 10,000 steps: a script of fewer is stopped by no machine, however slow that is. */
const leastAsks = 2
/** Reading a script may take longer than judging a message. */
const readMs = 1000
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

class Engine implements ScriptEngine {
  readonly readsBody: boolean
  isSpent = false
  readonly #timeLimitMs: number
  readonly #context: QuickJSContext
  readonly #ask: QuickJSHandle
  #deadlineMs = 0
  /** How often the interpreter asked for the time. */
  #asks = 0

  constructor(quickJs: QuickJSWASMModule, source: string, timeLimitMs: number) {
    this.#timeLimitMs = timeLimitMs
    this.readsBody = /\bbody\b/.test(source)
    const runtime = quickJs.newRuntime()
    runtime.setMemoryLimit(scriptLimits.memoryBytes)
    runtime.setMaxStackSize(scriptLimits.stackBytes)
    runtime.setInterruptHandler(() => ++this.#asks > leastAsks && performance.now() > this.#deadlineMs)
    this.#context = runtime.newContext({ intrinsics })
    this.#begin(readMs)
    evaluated(this.#context, source).dispose()
    this.#ask = evaluated(
      this.#context,
      `if (typeof match !== 'function') throw new TypeError('a filter script defines a function match(message)');
      ((read) => (message) => match(read(message)))(JSON.parse)`,
    )
  }

  judge(message: string): Verdict {
    const context = this.#context
    try {
      this.#begin(0)
      const text = context.newString(message)
      const result = context.callFunction(this.#ask, context.undefined, text)
      text.dispose()
      if (result.error !== undefined) throw new ScriptFault(thrown(context, result.error))
      const passes = context.typeof(result.value) === 'boolean' ? context.dump(result.value) === true : undefined
      result.value.dispose()
      return passes === undefined
        ? { kind: 'error', fault: 'match(message) answered neither true nor false' }
        : { passes }
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error)
      const kind = kindOf(fault)
      // what is no fault of the script's is one of the interpreter's
      if (kind !== 'error' || !(error instanceof ScriptFault)) this.isSpent = true
      if (kind === 'time') return { kind, fault: `it took longer than ${this.#timeLimitMs} ms` }
      return { kind, fault: kind === 'memory' ? 'it wanted too much memory' : fault }
    }
  }

  #begin(moreMs: number): void {
    this.#deadlineMs = performance.now() + this.#timeLimitMs + moreMs
    this.#asks = 0
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
