// broker/auth/bodies.ts: users and policies as they stand in bodies of requests (3001-3010) and in files.
import { bean, list, oneOf, optional, orElse, text } from '../protocol/body-table'
import { actionNames, decisionNames, policyTypeNames } from './types'

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
          sourceIps: list(text),
          decision: oneOf(...decisionNames),
        }),
      ),
    }),
  ),
})
