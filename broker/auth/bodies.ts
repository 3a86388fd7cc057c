// broker/auth/bodies.ts: users and policies as they stand in bodies of requests (3001-3010) and in files.
import { type BodyOf, bean, list, oneOf, optional, orElse, text } from '../protocol/body-table'
import { type Acl, actionNames, decisionNames, policyTypeNames } from './types'

export const userBody = bean({
  username: optional(text),
  password: optional(text),
  userType: optional(text),
  userStatus: optional(text),
})
/** As a tool sends it: names may be unknown, and what is wrong with them is said in Apache's words. */
export const givenAclBody = bean({
  subject: optional(text),
  policies: list(
    bean({
      policyType: optional(text),
      entries: list(
        bean({
          resource: optional(text),
          actions: list(text),
          sourceIps: orElse(list(text), []),
          decision: optional(text),
        }),
      ),
    }),
  ),
})
export const aclBody = bean({
  subject: text,
  policies: list(
    bean({
      policyType: oneOf(...policyTypeNames),
      entries: list(
        bean({
          resource: text,
          actions: list(oneOf(...actionNames)),
          sourceIps: optional(list(text)),
          decision: oneOf(...decisionNames),
        }),
      ),
    }),
  ),
})

/** No address named: the field is left out, as Apache does. */
export const bodyOfAcl = ({ subject, policies }: Acl): BodyOf<typeof aclBody> => ({
  subject,
  policies: policies.map(({ policyType, entries }) => ({
    policyType,
    entries: entries.map(({ sourceIps, actions, ...entry }) => ({
      ...entry,
      actions: [...actions],
      ...(sourceIps.length === 0 ? {} : { sourceIps: [...sourceIps] }),
    })),
  })),
})
export const aclOfBody = ({ subject, policies }: BodyOf<typeof aclBody>): Acl => ({
  subject,
  policies: policies.map(({ policyType, entries }) => ({
    policyType,
    entries: entries.map((entry) => ({ ...entry, sourceIps: entry.sourceIps ?? [] })),
  })),
})
