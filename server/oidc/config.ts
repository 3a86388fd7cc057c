// server/oidc/config.ts: which provider people come from: given at the start, or typed by an admin and kept in the table
// setting, its secret sealed. The secret comes in and never goes out again.
import { eq } from 'drizzle-orm'
import { setting } from '../db/alarm-tables'
import type { Db } from '../db/open'
import type { Seal } from '../guard/seal'
import { DeskError } from '../shared/errors'
import { type OidcPutInput, oidcPutInput } from '../shared/inputs'
import type { OidcSettings } from '../shared/views'

export interface Provider extends Omit<OidcSettings, 'hasSecret'> {
  /** Empty: the provider asks this console for none. */
  secret: string
}
export interface Providers {
  readonly fixed: boolean
  /** Null: nobody signs in that way. The same object until it changes. */
  current(): Provider | null
  put(input: OidcPutInput): Promise<void>
  remove(): Promise<void>
  /** What would be, were it put: a secret that is not typed is the one that is stored. */
  withSecret(input: OidcPutInput): Provider
}
const KEY = 'oidc'
const PURPOSE = 'oidc secret'

export const openProviders = async (db: Db, seal: Seal, given: Provider | null): Promise<Providers> => {
  let held: Provider | null = given
  if (given === null) {
    const [row] = await db.select().from(setting).where(eq(setting.key, KEY))
    if (row !== undefined) {
      const { sealed, ...rest } = JSON.parse(row.value) as Stored // written by put
      held = { ...rest, secret: sealed === null ? '' : seal.open(sealed, PURPOSE) }
    }
  }
  const mustNotBeGiven = (): void => {
    if (given !== null) throw new DeskError('bad-input', 'The provider was given at start: change the command line.')
  }
  const withSecret = (input: OidcPutInput): Provider => {
    const { secret, ...rest } = input
    // A secret goes only where it was meant to go: another provider needs it typed again.
    if (secret === undefined && held !== null && held.secret !== '' && originOf(held.issuer) !== originOf(rest.issuer))
      throw new DeskError('bad-input', 'This is another provider: type the secret again.')
    return { ...rest, secret: secret ?? held?.secret ?? '' }
  }
  return {
    fixed: given !== null,
    current: () => held,
    withSecret,
    async put(input) {
      mustNotBeGiven()
      const next = withSecret(input)
      const { secret, ...rest } = next
      const stored: Stored = { ...rest, sealed: secret === '' ? null : seal.close(secret, PURPOSE) }
      const value = JSON.stringify(stored)
      await db.insert(setting).values({ key: KEY, value }).onConflictDoUpdate({ target: setting.key, set: { value } })
      held = next
    },
    async remove() {
      mustNotBeGiven()
      await db.delete(setting).where(eq(setting.key, KEY))
      held = null
    },
  }
}
type Stored = Omit<Provider, 'secret'> & { sealed: string | null }
const originOf = (url: string): string => new URL(url).origin

export interface ProviderFlags {
  issuer: string | undefined
  clientId: string | undefined
  clientSecret: string | undefined
  label: string | undefined
  scopes: string | undefined
  nameClaim: string | undefined
  groupClaim: string | undefined
  /** `ops=operator,admins=admin,*=viewer`. */
  roles: string | undefined
}
/** Null when no flag of it is given; throws in words when they do not make a provider. */
export const providerFrom = (flags: ProviderFlags): Provider | null => {
  const { clientSecret, roles, ...rest } = flags
  if (Object.values(flags).every((value) => value === undefined)) return null
  if (flags.issuer === undefined || flags.clientId === undefined || roles === undefined)
    throw new Error('--oidc-issuer, --oidc-client-id and --oidc-roles: one needs the others')
  const parsed = oidcPutInput.safeParse({
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    secret: clientSecret ?? '',
    roles: roles.split(',').map((pair) => {
      const at = pair.lastIndexOf('=')
      return { group: pair.slice(0, Math.max(0, at)), role: pair.slice(at + 1) }
    }),
  })
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const flag = String(issue?.path[0] ?? '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    throw new Error(`--oidc-${flag}: ${issue?.message ?? 'it cannot be read'}`)
  }
  return { ...parsed.data, secret: parsed.data.secret ?? '' }
}
