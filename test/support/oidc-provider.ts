// test/support/oidc-provider.ts: a real OpenID Connect provider on a free port, with people and their groups, whose ID tokens a
// test may replace on their way out.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

export interface ProviderDouble {
  issuer: string
  people: Map<string, { name: string; groups: string[] }>
  /** Stands in for every ID token from now on; null: they leave as they are. */
  replaceIdToken(by: ((token: string) => string) | null): void
  /** A token with these claims changed, signed with the provider's own key or another one. */
  signed(token: string, claims: Readonly<Record<string, unknown>>, key?: KeyObject): string
  close(): Promise<void>
}
const KEY_ID = 'test'
export const startProvider = async (consoleAddress: string, secret: string): Promise<ProviderDouble> => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const people: ProviderDouble['people'] = new Map()
  const server = createServer((request, response) => handle(request, response))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo // it listens on TCP
  const issuer = `http://127.0.0.1:${port}`
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'console',
        client_secret: secret,
        redirect_uris: [`${consoleAddress}/login/oidc/callback`],
        post_logout_redirect_uris: [`${consoleAddress}/login`],
      },
    ],
    scopes: ['openid', 'profile', 'groups'],
    claims: { openid: ['sub'], profile: ['preferred_username'], groups: ['groups'] },
    pkce: { required: () => true },
    cookies: { keys: ['a key of this test'] },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: KEY_ID, use: 'sig', alg: 'RS256' }] },
    features: { devInteractions: { enabled: true } },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: async () => ({ sub: id, preferred_username: people.get(id)?.name, groups: people.get(id)?.groups }),
    }),
  })
  let replace: ((token: string) => string) | null = null
  provider.use(async (context: TokenContext, next: () => Promise<void>) => {
    await next()
    if (replace !== null && typeof context.body?.id_token === 'string')
      context.body = { ...context.body, id_token: replace(context.body.id_token) }
  })
  const handle = provider.callback()
  return {
    issuer,
    people,
    replaceIdToken: (by) => {
      replace = by
    },
    signed(token, claims, key = privateKey) {
      const [, body = ''] = token.split('.')
      const held: object = JSON.parse(Buffer.from(body, 'base64url').toString())
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
      const text = `${part({ alg: 'RS256', kid: KEY_ID, typ: 'JWT' })}.${part({ ...held, ...claims })}`
      return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
    },
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
interface TokenContext {
  body?: { id_token?: unknown }
}
/** Of somebody who would like to be the provider. */
export const strangersKey = (): KeyObject => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
