// server/guard/seal.ts: secrets at rest. AES-256-GCM under a key that lies beside the database in a file only its owner
// can read: a copy of console.db alone tells nothing.
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Seal {
  /** `purpose` binds the text to its place: moved elsewhere it does not open. */
  close(text: string, purpose: string): string
  open(sealed: string, purpose: string): string
  /** The same for the same text, and told by nobody without the key. In hex. */
  digest(text: string, purpose: string): string
}
const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16

export const openSeal = (folder: string): Seal => {
  const file = join(folder, 'secret.key')
  if (!existsSync(file))
    writeFileSync(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
  chmodSync(file, 0o600)
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64')
  if (key.length !== KEY_BYTES) throw new Error(`${file} does not hold a key of ${KEY_BYTES} bytes`)
  return {
    digest: (text, purpose) => createHmac('sha256', key).update(`${purpose}\0${text}`).digest('hex'),
    close(text, purpose) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, iv)
      cipher.setAAD(Buffer.from(purpose))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64')
    },
    open(sealed, purpose) {
      const bytes = Buffer.from(sealed, 'base64')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES))
      decipher.setAAD(Buffer.from(purpose))
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8')
    },
  }
}
