// broker/auth/secret-box.ts: secrets at rest. AES-256-GCM with a key in a file of its own that only this account of the
// machine may read; what a secret belongs to is sealed in with it, so that no two can be swapped.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface SecretBox {
  seal(secret: string, owner: string): string
  /** Throws when it was sealed with another key, or for another owner, or was changed. */
  open(sealed: string, owner: string): string
}

const cipherName = 'aes-256-gcm'
const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

/** With the key of this file, which is made when there is none. */
export const openSecretBox = async (keyPath: string): Promise<SecretBox> => boxWith(await readOrMakeKey(keyPath))

/** With the key that a key file's text holds. Throws when it holds none. */
export const secretBoxOf = (keyText: string, path: string): SecretBox => boxWith(keyIn(keyText, path))

function boxWith(key: Buffer): SecretBox {
  return {
    seal(secret, owner) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv(cipherName, key, nonce)
      cipher.setAAD(Buffer.from(owner))
      const hidden = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), hidden]).toString('base64')
    },
    open(sealed, owner) {
      const bytes = Buffer.from(sealed, 'base64')
      if (bytes.length < nonceBytes + tagBytes) throw new Error('a sealed secret is cut short')
      const opener = createDecipheriv(cipherName, key, bytes.subarray(0, nonceBytes))
      opener.setAAD(Buffer.from(owner))
      opener.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
      const open = Buffer.concat([opener.update(bytes.subarray(nonceBytes + tagBytes)), opener.final()])
      return open.toString('utf8')
    },
  }
}

async function readOrMakeKey(path: string): Promise<Buffer> {
  await mkdir(dirname(path), { recursive: true })
  try {
    await writeFile(path, `${randomBytes(keyBytes).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return keyIn(await readFile(path, 'utf8'), path)
}

function keyIn(text: string, path: string): Buffer {
  const key = Buffer.from(text.trim(), 'hex')
  if (key.length !== keyBytes)
    throw new Error(`${path} holds no key of ${keyBytes} bytes: put back the one that was there`)
  return key
}
