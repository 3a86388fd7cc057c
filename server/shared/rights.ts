// server/shared/rights.ts: who may do what, as data. The browser draws by it, the server decides by it; every
// procedure of the router names one of these rights. Types and pure data only: components look in here.

export const roles = ['viewer', 'operator', 'admin'] as const
export type Role = (typeof roles)[number]

/** yes: has it. extra: only when granted to the user by name. own: only what is the user's own. no: never. */
export type Grant = 'yes' | 'extra' | 'own' | 'no'

const grants = (viewer: Grant, operator: Grant, admin: Grant): Readonly<Record<Role, Grant>> => ({
  viewer,
  operator,
  admin,
})

/** Deny by default: what has no row does not exist. */
export const rightsTable = {
  'cluster.read': grants('yes', 'yes', 'yes'), //      health, lists, metrics, clients, config (secrets never)
  'message.read': grants('extra', 'yes', 'yes'), //    bodies and user properties; audited
  'client.inspect': grants('no', 'yes', 'yes'), //     thread stacks
  'message.export': grants('no', 'yes', 'yes'),
  'own.write': grants('yes', 'yes', 'yes'), //         own settings, own sessions, own password
  'message.send': grants('no', 'yes', 'yes'),
  'message.redrive': grants('no', 'yes', 'yes'), //    consume directly, resend, redrive
  'offset.reset': grants('no', 'yes', 'yes'), //       reset, copy, restore offsets
  'message.resolve': grants('no', 'extra', 'yes'), //  cancel scheduled, resolve transactions
  'topic.write': grants('no', 'yes', 'yes'),
  'group.write': grants('no', 'yes', 'yes'),
  'topic.delete': grants('no', 'extra', 'yes'),
  'group.delete': grants('no', 'extra', 'yes'),
  'broker.write': grants('no', 'no', 'yes'), //        wipe and give back write, config, start and stop
  'alarm.handle': grants('no', 'yes', 'yes'),
  'alarm.write': grants('no', 'yes', 'yes'),
  'console.admin': grants('no', 'no', 'yes'), //       channels, masking, clusters, users, roles, broker ACL
  'audit.read': grants('own', 'own', 'yes'),
} as const satisfies Record<string, Readonly<Record<Role, Grant>>>

export type Right = keyof typeof rightsTable
// `Object.keys` forgets the key type; the table is const, so its keys are exactly Right.
export const rights = Object.keys(rightsTable) as readonly Right[]

/** What a role holds, with the rights granted to the user by name. */
export const rightsOf = (role: Role, extra: readonly Right[] = []): Right[] =>
  rights.filter((right) => {
    const grant: Grant = rightsTable[right][role]
    return grant === 'yes' || grant === 'own' || (grant === 'extra' && extra.includes(right))
  })
