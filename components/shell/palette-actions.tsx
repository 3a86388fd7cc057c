'use client'
// components/shell/palette-actions.tsx: what Ctrl K does besides opening things: each action once, with the right it needs and
// where it is done. What one may not do is not listed; the pages and the server ask for the right themselves.
import {
  BellOff,
  BellPlus,
  FilePlus2,
  Keyboard,
  Languages,
  LogOut,
  MailX,
  Moon,
  Network,
  RotateCcw,
  Send,
  Stethoscope,
  Sun,
  SunMoon,
  UserPlus,
  Users,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { changesNothing, type Right } from '../../server/shared/rights'
import { clusterHref } from './address'

export type PaletteActionId =
  | 'createTopic'
  | 'createGroup'
  | 'send'
  | 'reset'
  | 'redrive'
  | 'createRule'
  | 'silence'
  | 'doctor'
  | 'connectCluster'
  | 'createUser'
  | 'themeLight'
  | 'themeDark'
  | 'themeSystem'
  | 'language'
  | 'keys'
  | 'signOut'
/** page: it is done there. group: one is asked for first. here: it is done at once. */
export type PaletteAction = { readonly id: PaletteActionId; readonly icon: ReactNode; readonly right: Right | null } & (
  | { readonly kind: 'page'; readonly href: (cluster: string) => string }
  | { readonly kind: 'group' | 'here' }
)

const ofCluster =
  (section: string, ...parts: readonly string[]) =>
  (cluster: string): string =>
    clusterHref(cluster, section, ...parts)
const opened =
  (href: (cluster: string) => string, query: string) =>
  (cluster: string): string =>
    `${href(cluster)}?${query}`

/** Those of a cluster: there only while one is open, and by one's rights on it. */
const clusterActions: readonly PaletteAction[] = [
  {
    id: 'createTopic',
    icon: <FilePlus2 />,
    right: 'topic.write',
    kind: 'page',
    href: opened(ofCluster('topics'), 'new=topic'),
  },
  {
    id: 'createGroup',
    icon: <Users />,
    right: 'group.write',
    kind: 'page',
    href: opened(ofCluster('groups'), 'new=group'),
  },
  { id: 'send', icon: <Send />, right: 'message.send', kind: 'page', href: ofCluster('send') },
  { id: 'reset', icon: <RotateCcw />, right: 'offset.reset', kind: 'group' },
  { id: 'redrive', icon: <MailX />, right: 'message.redrive', kind: 'page', href: ofCluster('dlq') },
  {
    id: 'createRule',
    icon: <BellPlus />,
    right: 'alarm.write',
    kind: 'page',
    href: opened(ofCluster('alarms', 'rules'), 'rule=new'),
  },
  {
    id: 'silence',
    icon: <BellOff />,
    right: 'alarm.handle',
    kind: 'page',
    href: opened(ofCluster('alarms', 'silences'), 'silence=new'),
  },
  { id: 'doctor', icon: <Stethoscope />, right: 'cluster.read', kind: 'page', href: ofCluster('doctor') },
]
const consoleActions: readonly PaletteAction[] = [
  {
    id: 'connectCluster',
    icon: <Network />,
    right: 'console.admin',
    kind: 'page',
    href: () => '/clusters?open=new',
  },
  {
    id: 'createUser',
    icon: <UserPlus />,
    right: 'console.admin',
    kind: 'page',
    href: () => '/access/users?new=user',
  },
  { id: 'themeLight', icon: <Sun />, right: null, kind: 'here' },
  { id: 'themeDark', icon: <Moon />, right: null, kind: 'here' },
  { id: 'themeSystem', icon: <SunMoon />, right: null, kind: 'here' },
  { id: 'language', icon: <Languages />, right: null, kind: 'here' },
  { id: 'keys', icon: <Keyboard />, right: null, kind: 'here' },
  { id: 'signOut', icon: <LogOut />, right: null, kind: 'here' },
]

/** What somebody with these rights may do from where they are; `cluster` is empty where none is open. */
export const paletteActions = (at: {
  readonly cluster: string
  readonly readOnly: boolean
  readonly rights: readonly string[]
}): readonly PaletteAction[] => {
  const has = (right: Right | null) => right === null || at.rights.includes(right)
  return [
    ...(at.cluster === ''
      ? []
      : clusterActions.filter(
          ({ right }) => has(right) && (!at.readOnly || right === null || changesNothing.has(right)),
        )),
    ...consoleActions.filter(({ right }) => has(right)),
  ]
}

/** Every word typed stands in one of the texts, in whatever order. */
export const wordsMatch = (typed: string, ...texts: readonly string[]): boolean => {
  const all = texts.join(' ').toLowerCase()
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word))
}
