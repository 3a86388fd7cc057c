// server/shared/inputs/access.ts: people, roles, tokens and masks. Pure.

import { maskHows, maskParts } from '../masks'
import { customRights, hasSubject, type Right, rights } from '../rights'
import { z } from '../zod'
import { clusterId } from './common'

export const PASSWORD_MIN = 12
const password = z.string().min(PASSWORD_MIN).max(256)
const userName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\w.@-]+$/)
export const settingsInput = z.object({
  language: z.enum(['en', 'zh']).nullable().optional(),
  theme: z.enum(['system', 'light', 'dark']).optional(),
  zone: z.string().min(1).max(64).optional(),
  density: z.enum(['compact', 'normal', 'roomy']).optional(),
  hour12: z.boolean().optional(),
  singleKeys: z.boolean().optional(),
  lastCluster: clusterId.nullable().optional(),
})
export const setupInput = z.object({
  token: z.string().min(1).max(200),
  name: userName,
  password,
  settings: settingsInput.optional(),
})
export const loginInput = z.object({ name: z.string().min(1).max(64), password: z.string().min(1).max(256) })
export const passwordInput = z.object({ current: z.string().min(1).max(256), next: password })
const userId = z.number().int().positive()
const roleName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)
const anyRight = z.enum(rights as [Right, ...Right[]]) // the table has rows
const customRight = z.enum(customRights as [Right, ...Right[]]) // as above
const onClusters = z.string().regex(/^(\*|[\w.-]{1,64})$/)
const namePattern = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[%|\w.*-]+$/)
export const userCreateInput = z.object({
  name: userName,
  password,
  role: roleName,
  extra: z.array(anyRight).max(30).default([]),
})
export const userUpdateInput = z.object({
  id: userId,
  role: roleName.optional(),
  extra: z.array(anyRight).max(30).optional(),
  locked: z.boolean().optional(),
})
export const userPasswordInput = z.object({ id: userId, password })
export const userDeleteInput = z.object({ id: userId, confirm: z.string().max(64) })
export const onUser = z.object({ id: userId })
export const rolePutInput = z.object({
  name: roleName,
  grants: z
    .array(
      z
        .object({ right: customRight, cluster: onClusters, names: namePattern })
        .refine(({ right, names }) => names === '*' || hasSubject(right), 'this right is about no object with a name'),
    )
    .min(1)
    .max(200),
})
export const roleDeleteInput = z.object({ name: roleName, confirm: z.string().max(64) })
export const maskPutInput = z
  .object({
    id: z.string().min(1).max(64).optional(),
    cluster: onClusters,
    topics: namePattern,
    part: z.enum(maskParts),
    field: z.string().trim().max(255).default(''),
    how: z.enum(maskHows),
  })
  .refine(({ part, field }) => part === 'body' || field !== '', { path: ['field'], message: 'name the field' })
export const maskIdInput = z.object({ id: z.string().min(1).max(64) })
export const whoMayInput = z.object({ right: anyRight, cluster: onClusters, name: z.string().max(255).default('') })
export const tokenCreateInput = z.object({
  name: z.string().trim().min(1).max(80),
  rights: z.array(customRight).min(1).max(30),
  cluster: onClusters.default('*'),
  days: z.number().int().min(1).max(366),
})
export const tokenRevokeInput = z.object({ id: z.string().min(1).max(64) })
export const tryAsInput = z.object({ kind: z.enum(['role', 'user']), name: z.string().min(1).max(64) })
const claim = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[\w.:/-]+$/)
export const oidcPutInput = z.object({
  /** As the provider writes it: what its `/.well-known/openid-configuration` is under. */
  issuer: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .refine((text) => !/[?#@]/.test(text), 'an issuer has no query, no fragment and no login'),
  clientId: z.string().trim().min(1).max(255),
  /** Absent: the one that is stored stays. Empty: the provider asks for none. */
  secret: z.string().max(1024).optional(),
  label: z.string().trim().min(1).max(40).default('SSO'),
  scopes: z
    .string()
    .trim()
    .max(500)
    .regex(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/)
    .default('openid profile email')
    .refine((text) => text.split(' ').includes('openid'), 'the scope openid is needed'),
  nameClaim: claim.default('preferred_username'),
  groupClaim: claim.default('groups'),
  roles: z
    .array(z.object({ group: z.string().trim().min(1).max(255), role: roleName }))
    .min(1)
    .max(100),
})
export type OidcPutInput = z.infer<typeof oidcPutInput>
export type UserCreateInput = z.infer<typeof userCreateInput>
export type UserUpdateInput = z.infer<typeof userUpdateInput>
export type RolePutInput = z.infer<typeof rolePutInput>
export type TokenCreateInput = z.infer<typeof tokenCreateInput>
export type MaskPutInput = z.infer<typeof maskPutInput>
export type SettingsInput = z.infer<typeof settingsInput>
export type SetupInput = z.infer<typeof setupInput>
