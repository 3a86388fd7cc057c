// server/shared/base-path.ts: the path the console lives under behind a reverse proxy. Pure.

/** `/mq` or `/ops/mq`: a slash before each part, none at its end; no part that a browser would resolve. Empty: none. */
export const isBasePath = (text: string): boolean => text === '' || /^(\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/.test(text)

/** What is left of an address below the base path; null: it lies elsewhere. */
export const belowBase = (url: string, basePath: string): string | null => {
  if (basePath === '') return url
  if (!url.startsWith(basePath)) return null
  const rest = url.slice(basePath.length)
  if (rest === '' || rest.startsWith('?')) return `/${rest}`
  return rest.startsWith('/') ? rest : null
}
