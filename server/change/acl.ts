// server/change/acl.ts: the brokers' own users and policies: asked of every master, laid side by side, and changed on all of them
// with a result for each. What somebody may is decided by the code that the bundled brokers decide by.
import { authorize } from '../../broker/auth/decide'
import { type Acl, AuthError } from '../../broker/auth/types'
import type { WirePolicy, WireUser } from '../admin/acl'
import type { Admin } from '../admin/open'
import type { BrokerAddress } from '../admin/types'
import type { AclDesk } from '../shared/desk'
import { DeskError, oneLine } from '../shared/errors'
import type { AclCheckInput } from '../shared/inputs'
import type { AclPolicyRow, AclUserRow, AclVerdict, ApplyResult } from '../shared/views'
import { carryOut } from './results'

interface Held {
  broker: BrokerAddress
  users: readonly WireUser[]
  policies: readonly WirePolicy[]
  error: string | null
}
export interface AclOptions {
  admin: Pick<Admin, 'masters' | 'acls'>
  /** A setting of a broker as it was last told; null: not known. */
  setting: (brokerName: string, key: string) => string | null
}
export const openAcl = ({ admin, setting }: AclOptions): AclDesk => {
  const masters = async (): Promise<BrokerAddress[]> =>
    (await admin.masters()).sort(byText<BrokerAddress>(({ name }) => name))
  const asked = async (): Promise<Held[]> =>
    Promise.all(
      (await masters()).map(async (broker): Promise<Held> => {
        try {
          const [users, policies] = await Promise.all([
            admin.acls.users(broker.address),
            admin.acls.policies(broker.address),
          ])
          return { broker, users, policies, error: null }
        } catch (error) {
          return { broker, users: [], policies: [], error: oneLine(error) }
        }
      }),
    )
  const onAll = async (run: (broker: BrokerAddress) => Promise<void>): Promise<ApplyResult> =>
    carryOut((await masters()).map((broker) => ({ item: broker.name, run: () => run(broker) })))
  const isOn = (broker: string, key: string): boolean | null => {
    const text = setting(broker, key)
    return text === null ? null : text.trim().toLowerCase() === 'true'
  }
  return {
    async state() {
      const held = await asked()
      return {
        brokers: held.map(({ broker: { name }, error }) => ({
          name,
          authenticates: isOn(name, 'authenticationEnabled'),
          authorizes: isOn(name, 'authorizationEnabled'),
          error,
        })),
        users: sideBySide(held, ({ users }) => users).sort(byText<AclUserRow>(({ name }) => name)),
        policies: sideBySide(held, ({ policies }) => policies).sort(
          byText<AclPolicyRow>(({ user, resource }) => `${user} ${resource}`),
        ),
      }
    },
    async putUser({ user, exists, secret, type, enabled }) {
      if (!exists && secret === undefined) throw new DeskError('bad-input', 'A new user needs a secret.')
      return onAll(async ({ address }) => {
        // A broker that lacks what the others hold is given it; it can only make it with a secret.
        const there = (await admin.acls.users(address)).some(({ name }) => name === user)
        if (!exists && there) throw new DeskError('exists', `There is a user ${user} already.`)
        if (!there && secret === undefined)
          throw new DeskError('not-found', `${user} is not there: type a secret to make it.`)
        await admin.acls.putUser(address, { name: user, type, enabled, password: secret }, !there)
      })
    },
    deleteUser: ({ user }) => onAll(({ address }) => admin.acls.deleteUser(address, user)),
    putPolicies: ({ user, entries }) =>
      onAll(async ({ address }) => {
        const held = (await admin.acls.policies(address)).some((one) => one.user === user)
        await admin.acls.putPolicies(address, user, entries, !held)
      }),
    deletePolicy: ({ user, resource }) => onAll(({ address }) => admin.acls.deletePolicy(address, user, resource)),
    async check(input) {
      return (await asked()).map((held) => verdictOf(held, input))
    },
  }
}

const byText =
  <Row>(textOf: (row: Row) => string) =>
  (a: Row, b: Row): number =>
    textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : 0
/** Equal rows of several brokers are one; what not all of them hold is marked. */
const sideBySide = <Row extends object>(
  held: readonly Held[],
  rowsOf: (one: Held) => readonly Row[],
): (Row & { brokers: string[]; differs: boolean })[] => {
  const answered = held.filter(({ error }) => error === null)
  const found = new Map<string, Row & { brokers: string[]; differs: boolean }>()
  for (const one of answered)
    for (const row of rowsOf(one)) {
      const key = JSON.stringify(row)
      const known = found.get(key)
      if (known === undefined) found.set(key, { ...row, brokers: [one.broker.name], differs: false })
      else known.brokers.push(one.broker.name)
    }
  const rows = [...found.values()]
  for (const row of rows) row.differs = row.brokers.length < answered.length
  return rows
}

/** From nowhere in particular: an entry for some addresses only does not speak to it. */
const NOWHERE = '0.0.0.0'
const verdictOf = ({ broker, users, policies, error }: Held, input: AclCheckInput): AclVerdict => {
  const verdict = (why: AclVerdict['why'], by: WirePolicy | null = null): AclVerdict => ({
    broker: broker.name,
    allowed: why === 'super' || why === 'policy',
    why,
    by: by && { resource: by.resource, decision: by.decision },
  })
  if (error !== null) return verdict('silent')
  const user = users.find(({ name }) => name === input.user)
  if (user === undefined) return verdict('no-user')
  if (!user.enabled) return verdict('disabled')
  if (user.type === 'Super') return verdict('super')
  const own = policies.filter((one) => one.user === input.user)
  const allows = (entries: readonly WirePolicy[]): boolean | null => {
    try {
      authorize(asBroker(user), aclOf(input.user, entries), [needOf(input)], input.sourceIp || NOWHERE)
      return true
    } catch (refusal) {
      if (!(refusal instanceof AuthError)) throw refusal
      return refusal.message.endsWith('deny.') ? false : null
    }
  }
  const decided = allows(own)
  if (decided === null) return verdict('no-policy')
  // The one without which it would be decided otherwise; of several that say the same, the first that speaks to it.
  const speaking = own.filter((one) => allows([one]) !== null)
  const by = speaking.find((one) => allows(own.filter((other) => other !== one)) !== decided) ?? speaking[0] ?? null
  return verdict(decided ? 'policy' : 'denied', by)
}
const asBroker = ({ name, type }: WireUser) => ({
  username: name,
  password: '',
  userType: type,
  userStatus: 'enable' as const,
})
const aclOf = (user: string, entries: readonly WirePolicy[]): Acl => ({
  subject: `User:${user}`,
  // Words that no broker of ours knows match nothing.
  policies: [{ policyType: 'Custom', entries: entries as Acl['policies'][number]['entries'] }],
})
const needOf = ({ kind, name, action }: AclCheckInput) => ({
  kind,
  name: name === '' ? undefined : name,
  actions: [action] as const,
})
