// broker/peer/address-poll.ts: asks an HTTP address service which name servers there are, again and again, as stock clients
// do. What it does not understand, or cannot reach, changes nothing.

export interface AddressPollOptions {
  /** `host:port` of the service, or a host alone, whose port is then 8080. */
  readonly domain: string
  readonly subgroup: string
  readonly everyMs: number
  readonly onList: (namesrvAddr: string) => void
  readonly log: (level: 'info' | 'warn', line: string) => void
}
export interface AddressPoll {
  /** Asks now. Resolves whether or not there was an answer. */
  ask(): Promise<void>
  stop(): void
}

export const startAddressPoll = (options: AddressPollOptions): AddressPoll => new Poll(options)

const timeoutMs = 3000
const list = /^[A-Za-z0-9_.\-[\]:]+:\d{1,5}(;[A-Za-z0-9_.\-[\]:]+:\d{1,5})*$/
const mostBytes = 4096

class Poll implements AddressPoll {
  readonly #options: AddressPollOptions
  readonly #url: string
  readonly #timer: NodeJS.Timeout
  #last: string | undefined
  #failed = false

  constructor(options: AddressPollOptions) {
    this.#options = options
    const host = options.domain.includes(':') ? options.domain : `${options.domain}:8080`
    this.#url = `http://${host}/rocketmq/${options.subgroup}`
    this.#timer = setInterval(() => void this.ask(), options.everyMs)
    this.#timer.unref()
  }

  async ask(): Promise<void> {
    try {
      const answer = await fetch(this.#url, { signal: AbortSignal.timeout(timeoutMs) })
      const text = (await answer.text()).slice(0, mostBytes).trim()
      if (!answer.ok || !list.test(text)) throw new Error(`${answer.status}, and no list of name servers`)
      this.#failed = false
      if (text === this.#last) return
      this.#last = text
      this.#options.log('info', `${this.#url} says ${text}`)
      this.#options.onList(text)
    } catch (error) {
      if (!this.#failed) this.#options.log('warn', `${this.#url}: ${error instanceof Error ? error.message : error}`)
      this.#failed = true
    }
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
