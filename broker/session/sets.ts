// broker/session/sets.ts: sets kept by key, where a set that became empty is no set: tables of who waits for what must not grow
// with all that was ever waited for.

export function addTo<K, V>(table: Map<K, Set<V>>, key: K, value: V): void {
  const values = table.get(key)
  if (values === undefined) table.set(key, new Set([value]))
  else values.add(value)
}
export function dropFrom<K, V>(table: Map<K, Set<V>>, key: K, value: V): void {
  const values = table.get(key)
  if (values?.delete(value) && values.size === 0) table.delete(key)
}
