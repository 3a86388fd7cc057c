// test/support/children.ts: child processes of a test. Each is stopped by its own pid, never by name, and none outlives
// the test process.
import { type ChildProcess, spawn } from 'node:child_process'
import { projectRoot } from './folders'

export interface LaunchOptions {
  cwd?: string
  env?: Record<string, string | undefined>
  /** A process group of its own, so that a signal can go to the group. */
  detached?: boolean
}
export interface Child {
  readonly pid: number
  /** Everything it wrote, both streams in the order they arrived. */
  readonly output: string
  readonly stdout: string
  readonly running: boolean
  /** Resolves with exit code and signal once it is gone. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** Resolves with the first line that matches; rejects when the process ends or the time is over. */
  line(pattern: RegExp, timeoutMs?: number): Promise<string>
  write(text: string): void
  /** Nothing more is written to it. */
  endInput(): void
  signal(signal: NodeJS.Signals, group?: boolean): void
  /** SIGTERM, and SIGKILL when that was not enough. */
  stop(patienceMs?: number): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  kill(): Promise<void>
}

const alive = new Set<ChildProcess>()
let watching = false

export function launch(command: string, args: readonly string[], options: LaunchOptions = {}): Child {
  const child = spawn(command, args, {
    cwd: options.cwd ?? projectRoot,
    env: cleanEnvironment(options.env),
    detached: options.detached ?? false,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  alive.add(child)
  if (!watching) {
    watching = true
    process.once('exit', killAll)
    // A test runner ends its workers by signal, and then nobody is told of an exit.
    process.once('SIGTERM', () => {
      killAll()
      process.exit(143)
    })
  }
  return new Launched(command, child)
}

const killAll = () => {
  for (const left of alive) left.kill('SIGKILL')
}

/** Runs to its end and answers with what it wrote. Rejects only when it could not be started or took too long. */
export async function run(
  command: string,
  args: readonly string[],
  options: LaunchOptions & { timeoutMs?: number; input?: string } = {},
): Promise<{ code: number | null; stdout: string; output: string }> {
  const child = launch(command, args, options)
  child.write(options.input ?? '')
  child.endInput()
  const timeoutMs = options.timeoutMs ?? 60_000
  const late = setTimeout(() => child.signal('SIGKILL'), timeoutMs)
  const { code, signal } = await child.exited
  clearTimeout(late)
  if (signal === 'SIGKILL')
    throw new Error(`${command} ${args[0] ?? ''} took more than ${timeoutMs} ms:\n${child.output}`)
  return { code, stdout: child.stdout, output: child.output }
}

class Launched implements Child {
  readonly #command: string
  readonly #child: ChildProcess
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  #out = ''
  #all = ''
  #ended = false
  #listeners = new Set<() => void>()

  constructor(command: string, child: ChildProcess) {
    this.#command = command
    this.#child = child
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#out += text
      this.#take(text)
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#take(text))
    child.stdin?.on('error', () => {}) // it may be gone before it read what it was given
    this.exited = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#all += `${error.message}\n`
        this.#end()
        resolve({ code: 127, signal: null })
      })
      child.once('close', (code, signal) => {
        this.#end()
        resolve({ code, signal })
      })
    })
  }
  get pid() {
    return this.#child.pid ?? -1
  }
  get output() {
    return this.#all
  }
  get stdout() {
    return this.#out
  }
  get running() {
    return !this.#ended
  }
  #take(text: string) {
    this.#all += text
    for (const listener of this.#listeners) listener()
  }
  #end() {
    this.#ended = true
    alive.delete(this.#child)
    for (const listener of this.#listeners) listener()
  }
  line(pattern: RegExp, timeoutMs = 60_000): Promise<string> {
    return new Promise((resolve, reject) => {
      const finish = (act: () => void) => {
        clearTimeout(late)
        this.#listeners.delete(look)
        act()
      }
      const look = () => {
        const found = this.#all.split('\n').find((line) => pattern.test(line))
        if (found !== undefined) finish(() => resolve(found))
        else if (this.#ended)
          finish(() => reject(new Error(`${this.#command} ended without ${pattern}:\n${this.#all}`)))
      }
      const late = setTimeout(
        () => finish(() => reject(new Error(`${this.#command}: no ${pattern} in ${timeoutMs} ms:\n${this.#all}`))),
        timeoutMs,
      )
      this.#listeners.add(look)
      look()
    })
  }
  write(text: string) {
    this.#child.stdin?.write(text)
  }
  endInput() {
    this.#child.stdin?.end()
  }
  signal(signal: NodeJS.Signals, group = false) {
    if (this.#ended) return
    try {
      process.kill(group ? -this.pid : this.pid, signal)
    } catch {
      // It ended between the check and the signal.
    }
  }
  async stop(patienceMs = 30_000) {
    this.signal('SIGTERM')
    const late = setTimeout(() => this.signal('SIGKILL'), patienceMs)
    const end = await this.exited
    clearTimeout(late)
    return end
  }
  async kill() {
    this.signal('SIGKILL')
    await this.exited
  }
}

/** What a developer's shell sets for rocketdeck must not reach the processes of a test. */
function cleanEnvironment(own: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  const env: Record<string, string | undefined> = {}
  for (const [key, value] of Object.entries(process.env)) {
    if (
      !key.startsWith('ROCKETDECK_') &&
      !key.startsWith('VITEST') &&
      key !== 'NODE_OPTIONS' &&
      key !== 'UV_THREADPOOL_SIZE'
    )
      env[key] = value
  }
  return { ...env, ...own } as NodeJS.ProcessEnv // Next declares NODE_ENV as always set; a child may go without
}
