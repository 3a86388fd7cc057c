// components/shell/address.ts: addresses of the console's pages, written and read. Names are percent-encoded once and
// decoded once; the cluster is in the path, so that a link means the same thing to everybody.
import { safeNext } from '../../server/shared/paths'

export { safeNext }

/** A colon may stand in a path as it is: `brokers/broker-a:0`. */
const encoded = (part: string): string => encodeURIComponent(part).replaceAll('%3A', ':')

export const clusterHref = (cluster: string, ...parts: readonly string[]): string =>
  `/c/${[cluster, ...parts].map(encoded).join('/')}`

export const topicHref = (cluster: string, topic: string, tab?: string): string =>
  clusterHref(cluster, 'topics', topic, ...(tab ? [tab] : []))
export const groupHref = (cluster: string, group: string, tab?: string): string =>
  clusterHref(cluster, 'groups', group, ...(tab ? [tab] : []))
export const brokerHref = (cluster: string, key: string, tab?: string): string =>
  clusterHref(cluster, 'brokers', key, ...(tab ? [tab] : []))

/** A part of a path as it was meant; a part that is not well formed stays as it is, and the page says it knows no such name. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

export interface Crumb {
  readonly text: string
  readonly href: string
  /** A name that a machine gave, as opposed to a section. */
  readonly isName: boolean
}
/** What stands below a section and is a view of it, no object. */
const views = {
  alarms: ['rules', 'channels', 'silences', 'history'],
  messages: ['compare'],
  access: ['users', 'roles', 'tokens', 'masks'],
} as const satisfies Readonly<Record<string, readonly string[]>>
type ViewId = (typeof views)[keyof typeof views][number] | 'reset'
const viewsOf = (section: string): readonly ViewId[] =>
  Object.entries(views).find(([name]) => name === section)?.[1] ?? []
/** The view of a section, or the wizard over an object, that a path leads to; tabs of an object are none. */
export function viewOf(pathname: string): ViewId | null {
  const [, head = '', ...parts] = pathname.split('/')
  if (head === 'c' && parts[1] === 'groups' && parts[3] === 'reset') return 'reset'
  const [section = '', view] = head === 'c' ? parts.slice(1) : [head, ...parts]
  return viewsOf(section).find((one) => one === view) ?? null
}
/** Cluster, section, object: the path's parts; tabs of a section or an object are not crumbs. */
export function crumbsOf(pathname: string): readonly Crumb[] {
  const [, head, ...parts] = pathname.split('/')
  if (head !== 'c') return head ? [{ text: decoded(head), href: `/${head}`, isName: false }] : []
  const [, section = '', object = ''] = parts
  const ends = viewsOf(section).some((view) => view === object) ? 2 : 3
  return parts.slice(0, ends).flatMap((part, place) =>
    part === ''
      ? []
      : [
          {
            text: decoded(part),
            href: `/c/${parts.slice(0, place + 1).join('/')}`,
            isName: place !== 1 && !(place === 2 && part === 'new'),
          },
        ],
  )
}

/** What `/topics/orders?q=a` asked for, after the redirect to `/?to=/topics/orders&q=a`; empty when it asked for nothing. */
export function withoutCluster(asked: Readonly<Record<string, string | string[] | undefined>>): string {
  const { to, ...others } = asked
  if (typeof to !== 'string') return ''
  const path = safeNext(to)
  const query = new URLSearchParams(
    Object.entries(others).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  ).toString()
  return path === '/' ? '' : `${path}${query ? `?${query}` : ''}`
}
