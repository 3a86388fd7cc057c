// components/trpc/query-hash.ts: the key of an answer in the query cache. Questions hold offsets, which are bigint and which
// JSON does not know; fields come in one order, so that the same question is the same key.

export const hashOfKey = (key: readonly unknown[]): string =>
  JSON.stringify(key, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
