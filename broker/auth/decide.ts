// broker/auth/decide.ts: may this user do that. A super user may; others as the narrowest policy entry says that covers
// the resource, an action and the address. Of entries equally narrow, deny wins.

import { subjectOf } from './accounts'
import { addressSet } from './addresses'
import { covers, narrowness, needKey, parseResource } from './resource'
import { type Acl, AuthError, type Need, type PolicyEntry, type PolicyType, type User } from './types'

/** Throws an AuthError that says what is refused to whom. */
export function authorize(user: User, acl: Acl | undefined, needs: readonly Need[], sourceIp: string): void {
  if (user.userType === 'Super') return
  for (const need of needs) {
    const decision = decisionOn(need, acl, sourceIp)
    if (decision === 'Allow') continue
    const why = decision === undefined ? 'no matched policies.' : 'the decision is deny.'
    throw new AuthError(
      `${subjectOf(user.username)} has no permission to access ${needKey(need)} from ${sourceIp}, ${why}`,
    )
  }
}

function decisionOn(need: Need, acl: Acl | undefined, sourceIp: string): PolicyEntry['decision'] | undefined {
  if (acl === undefined) return undefined
  for (const policyType of ['Custom', 'Default'] satisfies PolicyType[]) {
    const matching = acl.policies
      .filter((policy) => policy.policyType === policyType)
      .flatMap(({ entries }) => entries.filter((entry) => matches(entry, need, sourceIp)))
    const [first] = matching.sort(narrowestFirst)
    if (first !== undefined) return first.decision
  }
  return undefined
}

function matches({ resource, actions, sourceIps }: PolicyEntry, need: Need, sourceIp: string): boolean {
  const parsed = parseResource(resource)
  if (parsed === undefined || !covers(parsed, need)) return false
  if (!actions.includes('All') && !need.actions.some((action) => actions.includes(action))) return false
  return sourceIps.length === 0 || addressSet(sourceIps).has(sourceIp)
}

const rank = ({ resource }: PolicyEntry): number => {
  const parsed = parseResource(resource)
  return parsed === undefined ? Number.NEGATIVE_INFINITY : narrowness(parsed)
}
const narrowestFirst = (a: PolicyEntry, b: PolicyEntry): number => {
  const [left, right] = [rank(a), rank(b)]
  if (left !== right) return left > right ? -1 : 1
  return a.decision === b.decision ? 0 : a.decision === 'Deny' ? -1 : 1
}
