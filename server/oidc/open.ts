// server/oidc/open.ts: signing in at a provider by OpenID Connect: authorization code with PKCE. What a sign-in began with
// (state, nonce, verifier) goes out sealed in a cookie of that browser and is worth nothing anywhere else. An ID token is
// believed only after its signature, issuer, audience, time and nonce were checked.
import * as oidc from 'openid-client'
import { askHttp } from '../guard/http'
import type { Seal } from '../guard/seal'
import { isNamed, type Resolve, TargetError } from '../guard/target'
import type { Identity, OidcDesk } from '../shared/desk'
import { DeskError, SignOnError } from '../shared/errors'
import type { SignOnFault } from '../shared/sign-on'
import type { Provider, Providers } from './config'

export interface Begun {
  /** Where the browser goes. */
  url: string
  /** For its cookie. */
  ticket: string
}
export interface Oidc extends OidcDesk {
  /** `next`: the path to go to afterwards. Throws SignOnError, as `finish` does. */
  begin(redirectUri: string, next: string): Promise<Begun>
  finish(query: URLSearchParams, ticket: string | null): Promise<{ identity: Identity; next: string }>
}
export interface OidcOptions {
  providers: Providers
  seal: Seal
  /** Hosts an admin has named. */
  hosts: () => readonly string[]
  now?: () => number
  resolve?: Resolve
}

export const TICKET_SECONDS = 600
const ANSWER_WITHIN_MS = 10_000
const MOST_ANSWER_BYTES = 1024 * 1024
/** How long what the provider says of itself is believed. */
const METADATA_MS = 3_600_000
/** Characters of what a provider says, in a line of a log. */
const MOST_TOLD = 200
const NAME = /^[\w.@-]{1,64}$/
interface Ticket {
  state: string
  nonce: string
  verifier: string
  redirectUri: string
  next: string
  issuer: string
  at: number
}

export const openOidc = ({ providers, seal, hosts, now = () => Date.now(), resolve }: OidcOptions): Oidc => {
  let known: { provider: Provider; at: number; config: Promise<oidc.Configuration> } | undefined

  /** Whoever starts the process says where it may go; what is typed into the console is checked. */
  const hostsFor = (provider: Provider): readonly string[] => {
    const named = hosts()
    const { hostname, port } = new URL(provider.issuer)
    return providers.fixed ? [...named, port === '' ? hostname : `${hostname}:${port}`] : named
  }
  const configurationOf = async (provider: Provider): Promise<oidc.Configuration> => {
    const issuer = new URL(provider.issuer)
    const secure = issuer.protocol === 'https:'
    const port = Number(issuer.port) || (secure ? 443 : 80)
    if (!secure && !isNamed(hostsFor(provider), issuer.hostname, port))
      throw new TargetError(`${issuer.host} is spoken to without TLS: an admin must name it among the hosts first`)
    const ask: oidc.CustomFetch = async (url, { method, headers, body }) => {
      const answer = await askHttp(
        new URL(url),
        // what the library sends is a form or nothing
        { method, headers, ...(body === undefined || body === null ? {} : { body: String(body) }) },
        { hosts: hostsFor(provider), resolve, withinMs: ANSWER_WITHIN_MS, mostBytes: MOST_ANSWER_BYTES },
      )
      const kept = Object.entries(answer.headers).flatMap(([name, value]): [string, string][] =>
        typeof value === 'string' ? [[name, value]] : [],
      )
      const bare = [101, 204, 205, 304].includes(answer.status)
      return new Response(bare ? null : new Uint8Array(answer.body), { status: answer.status, headers: kept })
    }
    const found = await oidc.discovery(issuer, provider.clientId, undefined, oidc.None(), {
      [oidc.customFetch]: ask,
      ...(secure ? {} : { execute: [oidc.allowInsecureRequests] }),
    })
    const metadata = found.serverMetadata()
    const ways = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const { secret } = provider
    const way =
      secret === ''
        ? oidc.None()
        : ways.includes('client_secret_basic')
          ? oidc.ClientSecretBasic(secret)
          : oidc.ClientSecretPost(secret)
    const config = new oidc.Configuration(metadata, provider.clientId, { client_secret: secret }, way)
    config[oidc.customFetch] = ask
    if (!secure) oidc.allowInsecureRequests(config)
    oidc.enableNonRepudiationChecks(config) // an ID token is verified by its signature, not only by where it came from
    return config
  }
  const configuration = (): Promise<{ provider: Provider; config: oidc.Configuration }> => {
    const provider = providers.current()
    if (provider === null) throw new SignOnError('off', 'no provider is configured')
    if (known === undefined || known.provider !== provider || now() - known.at > METADATA_MS) {
      const config = configurationOf(provider)
      known = { provider, at: now(), config }
      config.catch(() => {
        if (known?.config === config) known = undefined // asked anew the next time
      })
    }
    return known.config.then((config) => ({ provider, config }))
  }
  const ticketIn = (text: string | null): Ticket => {
    const late = 'the sign-in took too long, or began in another browser'
    let ticket: Ticket
    try {
      ticket = JSON.parse(seal.open(text ?? '', 'oidc ticket')) // written by begin
    } catch {
      throw new SignOnError('expired', late)
    }
    if (now() - ticket.at > TICKET_SECONDS * 1000) throw new SignOnError('expired', late)
    return ticket
  }

  return {
    fixed: providers.fixed,
    label: () => providers.current()?.label ?? null,
    settings() {
      const provider = providers.current()
      if (provider === null) return null
      const { secret, ...rest } = provider
      return { ...rest, hasSecret: secret !== '' }
    },
    put: (input) => providers.put(input),
    remove: () => providers.remove(),
    async test(input) {
      try {
        const asked = providers.fixed ? providers.current() : null
        const config = await configurationOf(asked ?? providers.withSecret(input))
        const { authorization_endpoint, token_endpoint, jwks_uri, end_session_endpoint } = config.serverMetadata()
        const lacks = Object.entries({ authorization_endpoint, token_endpoint, jwks_uri }).find(([, at]) => !at)
        return lacks === undefined
          ? { ok: true, text: authorization_endpoint ?? '', endsSessions: end_session_endpoint !== undefined }
          : { ok: false, text: `it names no ${lacks[0]}`, endsSessions: false }
      } catch (error) {
        if (error instanceof DeskError) throw error
        return { ok: false, text: reasonOf(error), endsSessions: false }
      }
    },
    async begin(redirectUri, next) {
      try {
        const { provider, config } = await configuration()
        const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()]
        const url = oidc.buildAuthorizationUrl(config, {
          redirect_uri: redirectUri,
          scope: provider.scopes,
          state,
          nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
        })
        const ticket: Ticket = { state, nonce, verifier, redirectUri, next, issuer: provider.issuer, at: now() }
        return { url: url.href, ticket: seal.close(JSON.stringify(ticket), 'oidc ticket') }
      } catch (error) {
        throw signOnErrorOf(error)
      }
    },
    async finish(query, text) {
      const { state, nonce, verifier, redirectUri, next, issuer } = ticketIn(text)
      try {
        const { provider, config } = await configuration()
        if (provider.issuer !== issuer) throw new SignOnError('expired', 'the provider was changed meanwhile')
        const tokens = await oidc.authorizationCodeGrant(config, new URL(`?${query}`, redirectUri), {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        })
        const told = tokens.claims()
        if (told === undefined || tokens.id_token === undefined)
          throw new SignOnError('token', 'the provider sent no ID token')
        // Many providers tell names and groups only when they are asked for them.
        const isWhole = [provider.nameClaim, provider.groupClaim].every((name) => told[name] !== undefined)
        const more =
          isWhole || config.serverMetadata().userinfo_endpoint === undefined
            ? {}
            : await oidc.fetchUserInfo(config, tokens.access_token, told.sub)
        const claims: Readonly<Record<string, unknown>> = { ...more, ...told }
        const name = nameIn(claims, provider)
        return {
          next,
          identity: {
            subject: `${issuer} ${told.sub}`,
            name,
            role: roleIn(claims, provider, name),
            hint: seal.close(tokens.id_token, 'oidc hint'),
          },
        }
      } catch (error) {
        throw signOnErrorOf(error)
      }
    },
    async endAddress(hint, backTo) {
      try {
        const { config } = await configuration()
        if (config.serverMetadata().end_session_endpoint === undefined) return null
        return oidc.buildEndSessionUrl(config, {
          id_token_hint: seal.open(hint, 'oidc hint'),
          post_logout_redirect_uri: backTo,
        }).href
      } catch {
        return null // the session here has ended; the provider's goes on
      }
    },
  }
}

const nameIn = (claims: Readonly<Record<string, unknown>>, { nameClaim }: Provider): string => {
  const name = claims[nameClaim]
  if (typeof name === 'string' && NAME.test(name)) return name
  const told = (JSON.stringify(name) ?? 'none is told').slice(0, MOST_TOLD)
  throw new SignOnError('no-name', `the claim ${nameClaim} is no name an account here can have: ${told}`, {
    who: String(claims.sub).slice(0, MOST_TOLD),
  })
}
/** A claim holds a list, or one text; what is neither is nobody's group. */
const groupsIn = (claim: unknown): string[] =>
  (Array.isArray(claim) ? claim : [claim]).filter((one): one is string => typeof one === 'string')
const roleIn = (claims: Readonly<Record<string, unknown>>, { groupClaim, roles }: Provider, who: string): string => {
  const groups = groupsIn(claims[groupClaim])
  const found = roles.find(({ group }) => group === '*' || groups.includes(group))
  if (found !== undefined) return found.role
  throw new SignOnError(
    'no-role',
    `no group in the claim ${groupClaim} has a role: ${groups.join(', ').slice(0, MOST_TOLD) || 'none is told'}`,
    { who },
  )
}

/** An error and what it came from, in a line. */
const reasonOf = (error: unknown): string => {
  const texts: string[] = []
  for (let one: unknown = error; one instanceof Error && texts.length < 4; one = one.cause) {
    const described =
      'error_description' in one && typeof one.error_description === 'string' ? one.error_description : ''
    texts.push(described === '' ? one.message : `${one.message}: ${described}`)
  }
  return [...new Set(texts)].join(': ').replace(/\s+/g, ' ').slice(0, 400)
}
const causeIn = (error: unknown, is: (one: Error) => boolean): boolean => {
  for (let one: unknown = error, depth = 0; one instanceof Error && depth < 4; one = one.cause, depth++)
    if (is(one)) return true
  return false
}
const signOnErrorOf = (error: unknown): SignOnError => {
  if (error instanceof SignOnError) return error
  return new SignOnError(faultOf(error), reasonOf(error), { cause: error })
}
const faultOf = (error: unknown): SignOnFault => {
  if (error instanceof oidc.AuthorizationResponseError) return error.error === 'access_denied' ? 'denied' : 'refused'
  if (error instanceof oidc.ResponseBodyError || error instanceof oidc.WWWAuthenticateChallengeError) return 'refused'
  const isNetwork = (one: Error): boolean => one instanceof TargetError || ('syscall' in one && 'code' in one)
  if (causeIn(error, isNetwork) || causeIn(error, ({ message }) => message.startsWith('no answer within')))
    return 'unreachable'
  // What is left came from the provider and did not pass a check: signature, issuer, audience, time, nonce, state.
  return error instanceof oidc.ClientError && error.code === 'OAUTH_RESPONSE_IS_NOT_CONFORM' ? 'unreachable' : 'token'
}
