// broker/auth/resource.ts: the keys of resources: `Topic:name`, `Group:prefix*`, `Cluster:*`, `*`. Reads them, compares
// them, and says how narrow each is.
import type { Need } from './types'

export interface Resource {
  readonly kind: 'Any' | 'Namespace' | 'Topic' | 'Group' | 'Cluster'
  readonly pattern: 'any' | 'literal' | 'prefix'
  readonly name: string
}
const kinds = ['Any', 'Cluster', 'Namespace', 'Topic', 'Group'] as const

/** Undefined when it is none. */
export function parseResource(key: string | undefined): Resource | undefined {
  const text = key?.trim() ?? ''
  if (text === '') return undefined
  if (text === '*') return { kind: 'Any', pattern: 'any', name: '' }
  const colon = text.indexOf(':')
  const kindText = (colon < 0 ? text : text.slice(0, colon)).toLowerCase()
  const kind = kinds.find((one) => one.toLowerCase() === kindText)
  if (kind === undefined) return undefined
  const name = colon < 0 ? '' : text.slice(colon + 1)
  if (name === '*') return { kind, pattern: 'any', name: '' }
  if (name.endsWith('*')) return { kind, pattern: 'prefix', name: name.slice(0, name.indexOf('*')) }
  return { kind, pattern: 'literal', name }
}

export const resourceKey = ({ kind, pattern, name }: Resource): string => {
  if (kind === 'Any') return '*'
  return pattern === 'any' ? `${kind}:*` : pattern === 'prefix' ? `${kind}:${name}*` : `${kind}:${name}`
}
export const needKey = ({ kind, name }: Need): string => `${kind}:${name ?? 'null'}`

export function covers(resource: Resource, { kind, name }: Need): boolean {
  if (resource.kind === 'Any') return true
  if (resource.kind !== kind) return false
  if (resource.pattern === 'any') return true
  if (name === undefined) return false
  return resource.pattern === 'literal' ? name === resource.name : name.startsWith(resource.name)
}

/** The narrower of two that cover the same thing is the greater: a name, a longer prefix, a shorter one, a kind, all. */
export const narrowness = ({ kind, pattern, name }: Resource): number => {
  if (kind === 'Any') return -2
  return pattern === 'literal' ? Number.POSITIVE_INFINITY : pattern === 'prefix' ? name.length : -1
}
