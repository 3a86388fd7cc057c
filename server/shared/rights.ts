// server/shared/rights.ts: who may do what, as data. The browser draws by it, the server decides by it; every
// procedure of the router names one of these rights. Types and pure data only: components look in here.

export const roles = ['viewer', 'operator', 'admin'] as const
export type Role = (typeof roles)[number]
export const isBuiltInRole = (name: string): name is Role => (roles as readonly string[]).includes(name)

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
  'message.unmask': grants('no', 'extra', 'yes'), //   what masking rules hide from everybody else
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

/** Rights that change nothing on a cluster, and so hold on a read-only one. Alarms and saved views are the console's own. */
export const changesNothing: ReadonlySet<Right> = new Set<Right>([
  'cluster.read',
  'message.read',
  'client.inspect',
  'message.export',
  'alarm.handle',
  'alarm.write',
  'own.write',
])

/** What a role of one's own may hold: not what would let its holder give rights away. */
export const customRights = rights.filter((right) => right !== 'console.admin' && right !== 'own.write')

/** A right on a cluster (`*`: all) and on the objects there whose name matches; `*` in a name stands for any letters. */
export interface GrantOn {
  readonly right: Right
  readonly cluster: string
  readonly names: string
  /** Only what is the holder's own: their own lines of the audit log. */
  readonly own?: boolean
}
/** What an object is named by, where a right is about objects; the others hold for a whole cluster. */
export const subjectOf = {
  'topic.write': 'topic',
  'topic.delete': 'topic',
  'group.write': 'group',
  'group.delete': 'group',
  'offset.reset': 'group',
  'message.read': 'topic',
  'message.unmask': 'topic',
  'message.send': 'topic',
  'message.export': 'topic',
  'message.redrive': 'group',
  'client.inspect': 'group',
} as const satisfies Partial<Record<Right, 'topic' | 'group'>>
export const hasSubject = (right: Right): right is keyof typeof subjectOf => right in subjectOf

export const nameMatches = (pattern: string, name: string): boolean => {
  const [first = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return pattern === name
  if (!name.startsWith(first)) return false
  let at = first.length
  const last = rest.pop() ?? ''
  for (const part of rest) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return name.length - last.length >= at && name.endsWith(last)
}
/** Where a right is asked for. Without a cluster: anywhere. `name` null: of an object nobody has named yet. */
export interface Where {
  readonly cluster?: string
  readonly name?: string | null
}
export const grantFor = (held: readonly GrantOn[], right: Right, where: Where = {}): GrantOn | undefined =>
  held.find(
    (one) =>
      one.right === right &&
      (where.cluster === undefined || one.cluster === '*' || one.cluster === where.cluster) &&
      (where.name === undefined || one.names === '*' || (where.name !== null && nameMatches(one.names, where.name))),
  )

/** What a built-in role holds everywhere, with the rights granted to the user by name. */
export const grantsOf = (role: Role, extra: readonly Right[] = []): GrantOn[] =>
  rightsOf(role, extra).map((right) => ({
    right,
    cluster: '*',
    names: '*',
    ...(rightsTable[right][role] === 'own' ? { own: true } : {}),
  }))
/** Whoever is signed in has their own settings and their own lines. */
export const everybody: readonly GrantOn[] = [
  { right: 'own.write', cluster: '*', names: '*' },
  { right: 'audit.read', cluster: '*', names: '*', own: true },
]

/** What a role holds, with the rights granted to the user by name. */
export const rightsOf = (role: Role, extra: readonly Right[] = []): Right[] =>
  rights.filter((right) => {
    const grant: Grant = rightsTable[right][role]
    return grant === 'yes' || grant === 'own' || (grant === 'extra' && extra.includes(right))
  })
