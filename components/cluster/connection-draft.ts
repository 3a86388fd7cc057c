// components/cluster/connection-draft.ts: what is typed into the form of a connection, and what it comes to. Pure.
import type { ClusterSettings } from '../../server/shared/views'

export interface ConnectionDraft {
  readonly name: string
  readonly id: string
  readonly namesrv: string
  readonly tls: ClusterSettings['tls']
  readonly ca: string
  readonly accessKey: string
  readonly secretKey: string
  /** A line each: `told -> reached`. */
  readonly addressMap: string
  readonly hosts: string
  readonly colour: number
  readonly readOnly: boolean
  readonly production: boolean
}
export const draftOf = (settings: ClusterSettings | null): ConnectionDraft => ({
  name: settings?.name ?? '',
  id: settings?.id ?? '',
  namesrv: settings?.namesrv.join('\n') ?? '',
  tls: settings?.tls ?? 'off',
  ca: settings?.ca ?? '',
  accessKey: settings?.accessKey ?? '',
  secretKey: '',
  addressMap: settings?.addressMap.map(({ from, to }) => `${from} -> ${to}`).join('\n') ?? '',
  hosts: settings?.hosts.join('\n') ?? '',
  colour: settings?.colour ?? 0,
  readOnly: settings?.readOnly ?? false,
  production: settings?.production ?? false,
})
const words = (text: string): string[] => text.split(/[\s;,]+/).filter((word) => word !== '')

export const connectionOf = (draft: ConnectionDraft) => ({
  namesrv: words(draft.namesrv),
  tls: draft.tls,
  ca: draft.tls === 'checked' ? draft.ca.trim() : '',
  accessKey: draft.accessKey.trim(),
  secretKey: draft.secretKey,
  addressMap: draft.addressMap
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [from = '', to = ''] = line.split(/\s*(?:->|=|→|\s)\s*/)
      return { from, to }
    }),
  hosts: words(draft.hosts),
})
/** An address for URLs, from a name that people read. */
export const idFor = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)

/** Private hosts a test was kept from, so that they can be let through by a press. */
export const keptFrom = (texts: readonly string[]): string[] => [
  ...new Set(texts.flatMap((text) => /^(\S+)(?: \((\S+)\))? is a private address/.exec(text)?.[1] ?? [])),
]
