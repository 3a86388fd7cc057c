// server/access/secret.ts: what is kept of a secret that lets somebody in: its hash alone.
import { createHash } from 'node:crypto'

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url')
