// broker/protocol/signature.ts: how a client signs a request with its secret: an HMAC over the values of all fields, in
// the order of their names, then the body. Who the keys belong to is the auth room's business.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ExtFields } from './command'

export const AuthField = { accessKey: 'AccessKey', securityToken: 'SecurityToken', signature: 'Signature' } as const

export interface Credentials {
  accessKey: string
  secretKey: string
  securityToken?: string
}

/** Base64 of HMAC-SHA1. Names in `without` are left out besides the signature itself. */
export function signatureOf(
  secretKey: string,
  ext: ExtFields,
  body: Buffer | undefined,
  without: readonly string[] = [],
): string {
  const names = Object.keys(ext).filter((name) => name !== AuthField.signature && !without.includes(name))
  const hmac = createHmac('sha1', secretKey)
  for (const name of names.sort()) {
    const value = ext[name]
    if (value !== undefined) hmac.update(value, 'utf8') // sort() is by UTF-16 units, as Java's is
  }
  if (body !== undefined) hmac.update(body)
  return hmac.digest('base64')
}

/** Adds access key and signature to the fields of a request that is about to leave. */
export function sign(credentials: Credentials, ext: ExtFields, body: Buffer | undefined): void {
  ext[AuthField.accessKey] = credentials.accessKey
  if (credentials.securityToken !== undefined) ext[AuthField.securityToken] = credentials.securityToken
  ext[AuthField.signature] = signatureOf(credentials.secretKey, ext, body)
}

/** Compares in a time that does not depend on where the two differ. */
export function sameSignature(expected: string, given: string): boolean {
  const left = Buffer.from(expected)
  const right = Buffer.from(given)
  return left.length === right.length && timingSafeEqual(left, right)
}
