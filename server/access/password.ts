// server/access/password.ts: passwords as scrypt hashes. One is computed at a time, since each takes a thread of the
// pool that also flushes the brokers' logs.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

const parameters = { N: 32_768, r: 8, p: 1 } // 32 MiB and some 80 ms
const MAX_MEMORY_BYTES = 64 * 1024 * 1024
const HASH_BYTES = 32
/** More than so many waiting are refused: an attack must not grow a queue. */
const MAX_WAITING = 32

export interface Passwords {
  hash(password: string): Promise<string>
  /** Takes as long for a name nobody has (`stored` null) as for a wrong password. */
  matches(password: string, stored: string | null): Promise<boolean>
}
export const openPasswords = (): Passwords => {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  const derive = (password: string, salt: Buffer, { N, r, p }: typeof parameters): Promise<Buffer> => {
    if (waiting >= MAX_WAITING) return Promise.reject(new Error('too many sign-ins at once'))
    waiting += 1
    const turn = last.then(
      () =>
        new Promise<Buffer>((resolve, reject) => {
          scrypt(password.normalize('NFKC'), salt, HASH_BYTES, { N, r, p, maxmem: MAX_MEMORY_BYTES }, (error, key) =>
            error === null ? resolve(key) : reject(error),
          )
        }),
    )
    const settled = turn.finally(() => {
      waiting -= 1
    })
    last = settled.catch(() => undefined)
    return settled
  }
  return {
    async hash(password) {
      const salt = randomBytes(16)
      const key = await derive(password, salt, parameters)
      const { N, r, p } = parameters
      return ['scrypt', N, r, p, salt.toString('base64url'), key.toString('base64url')].join('$')
    },
    async matches(password, stored) {
      const [kind, N, r, p, salt, key] = stored?.split('$') ?? []
      if (kind !== 'scrypt' || salt === undefined || key === undefined) {
        await derive(password, Buffer.alloc(16), parameters)
        return false
      }
      const expected = Buffer.from(key, 'base64url')
      const found = await derive(password, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) })
      return expected.length === found.length && timingSafeEqual(expected, found)
    },
  }
}
