// components/shell/recent.ts: the objects this browser opened last, for an empty palette. Kept in localStorage, which may be
// full, forbidden or hold anything: whatever cannot be read is nothing.
import type { PaletteHit } from '../../server/shared/views'

const KEPT_AS = 'rocketdeck.recent'
const MOST = 8

const isHit = (value: unknown): value is PaletteHit =>
  typeof value === 'object' &&
  value !== null &&
  'kind' in value &&
  'href' in value &&
  typeof value.href === 'string' &&
  'name' in value &&
  'cluster' in value

function readAll(): PaletteHit[] {
  try {
    const held: unknown = JSON.parse(localStorage.getItem(KEPT_AS) ?? '[]')
    return Array.isArray(held) ? held.filter(isHit) : []
  } catch {
    return []
  }
}

export const readRecent = (cluster: string): readonly PaletteHit[] =>
  readAll().filter((hit) => cluster === '' || hit.cluster === cluster)

export function remember(hit: PaletteHit): void {
  const others = readAll().filter((one) => one.href !== hit.href)
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify([{ ...hit, hint: null }, ...others].slice(0, MOST)))
  } catch {
    // No room or no permission: then nothing is recent.
  }
}
