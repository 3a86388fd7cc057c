// server/http/csp.ts: what a page may load and run. Scripts run by a nonce that is made for each answer, and by what such a
// script loads itself; nothing written into a page runs. Next reads the nonce from the request and puts it on its own scripts.
import { randomBytes } from 'node:crypto'

export const newNonce = (): string => randomBytes(16).toString('base64')

export const contentPolicy = (nonce: string): string =>
  [
    "default-src 'self'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    // Elements need the nonce; attributes carry widths and colours of drawings, and may be inline.
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')

/** Cookies are shared by every port of a machine: no page there may lay this one under its own and catch clicks. */
export const safeHeaders = [
  ['x-frame-options', 'DENY'],
  ['content-security-policy', "frame-ancestors 'none'"],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'same-origin'],
] as const
