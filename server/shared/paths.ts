// server/shared/paths.ts: where somebody is sent after a sign-in. Pure.

/** A path of this origin, or the start. Never another host, whatever a link says. */
export function safeNext(next: string | null | undefined): string {
  if (!next?.startsWith('/')) return '/'
  try {
    // A base that nobody can have shows whether the text stays inside it; backslashes and // are resolved by the parser.
    const url = new URL(next, 'http://inside.invalid')
    return url.origin === 'http://inside.invalid' && !url.pathname.startsWith('//')
      ? `${url.pathname}${url.search}${url.hash}`
      : '/'
  } catch {
    return '/'
  }
}
