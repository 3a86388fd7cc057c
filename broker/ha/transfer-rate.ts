// broker/ha/transfer-rate.ts: how many bytes went over one connection, by the second: for the bound, and to be shown.

export class TransferRate {
  readonly #clock: () => number
  #second = 0
  #bytes = 0
  #before = 0

  constructor(clock: () => number) {
    this.#clock = clock
  }

  add(bytes: number): void {
    this.#turn()
    this.#bytes += bytes
  }
  /** Of the last whole second. */
  get perSecond(): number {
    this.#turn()
    return this.#before
  }
  /** So far in this second. */
  get thisSecond(): number {
    this.#turn()
    return this.#bytes
  }
  get msToNextSecond(): number {
    return 1000 - (this.#clock() % 1000)
  }

  #turn(): void {
    const second = Math.floor(this.#clock() / 1000)
    if (second === this.#second) return
    this.#before = second === this.#second + 1 ? this.#bytes : 0
    this.#second = second
    this.#bytes = 0
  }
}
