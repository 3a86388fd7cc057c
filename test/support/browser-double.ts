// test/support/browser-double.ts: as much of a browser as a sign-in needs: it follows redirects one by one and keeps cookies
// per origin and path. Scripts it runs none.
export interface Visit {
  status: number
  url: URL
  body: string
}
interface Cookie {
  name: string
  value: string
  path: string
}
export interface BrowserDouble {
  /** Follows redirects until there is none, or until one leads to where `until` says. */
  open(url: string, until?: (url: URL) => boolean): Promise<Visit>
  /** Sends the form of a page, with what is filled in. */
  submit(page: Visit, fields: Readonly<Record<string, string>>, until?: (url: URL) => boolean): Promise<Visit>
  cookie(origin: string, name: string): string | undefined
  /** The `set-cookie` lines as they came. */
  readonly set: readonly string[]
}
const MOST_REDIRECTS = 20

export const openBrowserDouble = (headers: Readonly<Record<string, string>> = {}): BrowserDouble => {
  const jars = new Map<string, Cookie[]>()
  const lines: string[] = []
  const keep = (url: URL, line: string): void => {
    lines.push(line)
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
    const at = pair.indexOf('=')
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)]
    const of = (key: string) => attributes.find((one) => one.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1)
    const gone = of('max-age') === '0' || (of('expires') !== undefined && Date.parse(of('expires') ?? '') < Date.now())
    const path = of('path') ?? '/'
    const others = (jars.get(url.origin) ?? []).filter((one) => one.name !== name || one.path !== path)
    jars.set(url.origin, gone ? others : [...others, { name, value, path }])
  }
  const cookiesFor = (url: URL): string =>
    (jars.get(url.origin) ?? [])
      .filter(({ path }) => path === '/' || url.pathname === path || url.pathname.startsWith(`${path}/`))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
  const go = async (first: string, form: string | null, until: (url: URL) => boolean): Promise<Visit> => {
    let url = new URL(first)
    let body = form
    for (let hop = 0; hop < MOST_REDIRECTS; hop++) {
      const answer = await fetch(url, {
        method: body === null ? 'GET' : 'POST',
        redirect: 'manual',
        headers: {
          ...headers,
          cookie: cookiesFor(url),
          ...(body === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        ...(body === null ? {} : { body }),
      })
      for (const line of answer.headers.getSetCookie()) keep(url, line)
      const location = answer.headers.get('location')
      const text = await answer.text()
      if (location === null || answer.status < 300 || answer.status > 399)
        return { status: answer.status, url, body: text }
      url = new URL(location, url)
      body = null
      if (until(url)) return { status: answer.status, url, body: text }
    }
    throw new Error(`more than ${MOST_REDIRECTS} redirects, the last to ${url}`)
  }
  return {
    open: (url, until = () => false) => go(url, null, until),
    submit(page, fields, until = () => false) {
      const action = /<form[^>]*action="([^"]*)"/.exec(page.body)?.[1] ?? ''
      const hidden = [...page.body.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([tag]): [string, string] => [
        /name="([^"]*)"/.exec(tag)?.[1] ?? '',
        /value="([^"]*)"/.exec(tag)?.[1] ?? '',
      ])
      const form = new URLSearchParams(Object.entries({ ...Object.fromEntries(hidden), ...fields }))
      return go(new URL(action, page.url).href, form.toString(), until)
    },
    cookie: (origin, name) => jars.get(origin)?.find((one) => one.name === name)?.value,
    set: lines,
  }
}
