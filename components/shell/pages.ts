// components/shell/pages.ts: the pages there are, once, for sidebar, bottom bar, palette and shortcuts. Only what exists.
import {
  Bell,
  ChartLine,
  Clock,
  Gauge,
  GitBranch,
  KeyRound,
  ListChecks,
  type LucideIcon,
  MailX,
  Network,
  Plug,
  Route,
  Rows3,
  ScrollText,
  Search,
  Send,
  Server,
  Settings,
  Stethoscope,
  Users,
} from 'lucide-react'
import { clusterHref } from './address'

export type PageId =
  | 'overview'
  | 'alarms'
  | 'metrics'
  | 'topics'
  | 'groups'
  | 'brokers'
  | 'clients'
  | 'doctor'
  | 'messages'
  | 'send'
  | 'traces'
  | 'dlq'
  | 'scheduled'
  | 'transactions'
  | 'jobs'
  | 'access'
  | 'audit'
  | 'clusters'
  | 'settings'
export type PageGroup = 'watch' | 'cluster' | 'messages' | 'govern'
export interface PageEntry {
  readonly id: PageId
  readonly group: PageGroup
  readonly icon: LucideIcon
  /** After `g`. */
  readonly key: string | null
  readonly href: (cluster: string) => string
}

export const pages: readonly PageEntry[] = [
  { id: 'overview', group: 'watch', icon: Gauge, key: 'o', href: (cluster) => clusterHref(cluster) },
  { id: 'alarms', group: 'watch', icon: Bell, key: 'a', href: (cluster) => clusterHref(cluster, 'alarms') },
  { id: 'metrics', group: 'watch', icon: ChartLine, key: 'm', href: (cluster) => clusterHref(cluster, 'metrics') },
  { id: 'topics', group: 'cluster', icon: Rows3, key: 't', href: (cluster) => clusterHref(cluster, 'topics') },
  { id: 'groups', group: 'cluster', icon: Users, key: 'g', href: (cluster) => clusterHref(cluster, 'groups') },
  { id: 'brokers', group: 'cluster', icon: Server, key: 'b', href: (cluster) => clusterHref(cluster, 'brokers') },
  { id: 'clients', group: 'cluster', icon: Plug, key: 'c', href: (cluster) => clusterHref(cluster, 'clients') },
  { id: 'doctor', group: 'cluster', icon: Stethoscope, key: null, href: (cluster) => clusterHref(cluster, 'doctor') },
  { id: 'messages', group: 'messages', icon: Search, key: 's', href: (cluster) => clusterHref(cluster, 'messages') },
  { id: 'send', group: 'messages', icon: Send, key: null, href: (cluster) => clusterHref(cluster, 'send') },
  { id: 'traces', group: 'messages', icon: Route, key: null, href: (cluster) => clusterHref(cluster, 'traces') },
  { id: 'dlq', group: 'messages', icon: MailX, key: 'd', href: (cluster) => clusterHref(cluster, 'dlq') },
  { id: 'scheduled', group: 'messages', icon: Clock, key: null, href: (cluster) => clusterHref(cluster, 'scheduled') },
  {
    id: 'transactions',
    group: 'messages',
    icon: GitBranch,
    key: null,
    href: (cluster) => clusterHref(cluster, 'transactions'),
  },
  { id: 'jobs', group: 'messages', icon: ListChecks, key: null, href: (cluster) => clusterHref(cluster, 'jobs') },
  { id: 'access', group: 'govern', icon: KeyRound, key: null, href: () => '/access' },
  { id: 'audit', group: 'govern', icon: ScrollText, key: null, href: () => '/audit' },
  { id: 'clusters', group: 'govern', icon: Network, key: null, href: () => '/clusters' },
  { id: 'settings', group: 'govern', icon: Settings, key: null, href: () => '/settings' },
]
export const pageGroups: readonly PageGroup[] = ['watch', 'cluster', 'messages', 'govern']

/** The page a path belongs to. */
export function pageAt(pathname: string, cluster: string): PageId | null {
  const start = clusterHref(cluster)
  if (pathname === start) return 'overview'
  if (pathname === clusterHref(cluster, 'acl')) return 'access' // a tab of that page, of one cluster
  const found = pages.find(({ id, href }) => {
    const base = href(cluster)
    return id !== 'overview' && (pathname === base || pathname.startsWith(`${base}/`))
  })
  return found?.id ?? null
}
