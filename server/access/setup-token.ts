// server/access/setup-token.ts: the one-time token that makes the first admin. It lies in a file only its owner can
// read, is made anew when the file is gone, and is void once somebody used it.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface SetupToken {
  /** Null once it was used. */
  current(): string | null
  matches(given: string): boolean
  void(): void
}
/** `wanted`: nobody has an account yet. */
export const openSetupToken = (folder: string, wanted: boolean): SetupToken => {
  const file = join(folder, 'setup-token')
  let token: string | null = null
  if (wanted) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    token = readToken(file)
    if (token === null) {
      token = randomBytes(24).toString('base64url')
      writeFileSync(file, `${token}\n`, { mode: 0o600 })
    }
  } else rmSync(file, { force: true })
  return {
    current: () => token,
    matches(given) {
      if (token === null) return false
      const expected = Buffer.from(token)
      const found = Buffer.from(given.trim())
      return expected.length === found.length && timingSafeEqual(expected, found)
    },
    void() {
      token = null
      rmSync(file, { force: true })
    },
  }
}
const readToken = (file: string): string | null => {
  try {
    const text = readFileSync(file, 'utf8').trim()
    return text.length >= 16 ? text : null
  } catch {
    return null // not there yet
  }
}
