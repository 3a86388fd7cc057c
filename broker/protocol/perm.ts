// broker/protocol/perm.ts: what may be done with a topic or a broker, as bits and as mqadmin prints it.

export const Perm = { priority: 8, read: 4, write: 2, inherit: 1 } as const

export const isReadable = (perm: number): boolean => (perm & Perm.read) !== 0
export const isWriteable = (perm: number): boolean => (perm & Perm.write) !== 0
export const isInherited = (perm: number): boolean => (perm & Perm.inherit) !== 0
export const isAccessible = (perm: number): boolean => isReadable(perm) || isWriteable(perm)
export const isValidPerm = (perm: number): boolean => Number.isInteger(perm) && perm >= 0 && perm < Perm.priority

/** `RW-`, `R--`, `RWX`: a letter or a dash for read, write, inherit. */
export const permText = (perm: number): string =>
  `${isReadable(perm) ? 'R' : '-'}${isWriteable(perm) ? 'W' : '-'}${isInherited(perm) ? 'X' : '-'}`
