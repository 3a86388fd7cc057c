// server/desk/clusters.ts: all clusters of the console, open at once: one sampler and one admin client each.
import type { ClusterHandle } from '../../broker/types'
import type { AdminCredentials, AdminTls } from '../admin/open'
import { probe } from '../clusters/probe'
import { reachOf } from '../clusters/reach'
import { type ClusterEntry, openRegistry, plainConnection, type StoredCluster } from '../clusters/registry'
import type { Database } from '../db/open'
import type { Seal } from '../guard/seal'
import type { Resolve } from '../guard/target'
import { stopJobsOf } from '../jobs/store'
import type { Notify } from '../notify/open'
import type { AuditDesk, ClustersDesk } from '../shared/desk'
import { DeskError, oneLine } from '../shared/errors'
import type { ClusterUpdateInput } from '../shared/inputs'
import { oneAfterTheOther } from '../shared/pace'
import type { ClusterConnection } from '../shared/views'
import { type OpenCluster, openClusterDesk } from './cluster'

/** A cluster that the start names, with what its servers ask the console to sign with. */
export interface GivenCluster {
  readonly id: string
  readonly name: string
  readonly namesrv: readonly string[]
  readonly bundled?: ClusterHandle
  readonly credentials?: AdminCredentials | undefined
  readonly tls?: AdminTls | undefined
}

export interface ClustersOptions {
  database: Database
  notify: Notify
  audit: Pick<AuditDesk, 'write'>
  seal: Seal
  given: readonly GivenCluster[]
  log: (cluster: string, text: string) => void
  turnMs?: number
  /** How names are looked up, for tests. */
  resolve?: Resolve
}
export interface OpenClusters extends ClustersDesk {
  close(): Promise<void>
}
/** One that is open, and what it was opened from. */
interface Held {
  stored: StoredCluster
  desk: OpenCluster
}

export const openClusters = async ({
  database,
  notify,
  audit,
  seal,
  given,
  log,
  turnMs,
  resolve,
}: ClustersOptions): Promise<OpenClusters> => {
  const registry = openRegistry(database.db, seal)
  const open = new Map<string, Held>()
  const givenById = new Map(given.map((one) => [one.id, one]))
  const start = (stored: StoredCluster): OpenCluster => {
    const { entry, connection, secretKey } = stored
    const fixed = entry.fixed ? givenById.get(entry.id) : undefined
    const desk = openClusterDesk({
      entry,
      bundled: fixed?.bundled,
      // Whoever starts the process says where it may go; what is typed into the console is checked.
      ...(fixed === undefined
        ? reachOf(connection, secretKey, resolve)
        : { credentials: fixed.credentials, tls: fixed.tls }),
      database,
      notify,
      audit,
      log: (text) => log(entry.id, text),
      ...(turnMs === undefined ? {} : { turnMs }),
    })
    open.set(entry.id, { stored, desk })
    return desk
  }
  const kept = await registry.stored()
  given.forEach(({ id, name, namesrv }, index) => {
    const looks = kept.find(({ entry }) => entry.fixed && entry.id === id)?.entry
    const entry = { colour: index % 8, readOnly: false, production: false, name, ...looks, id, namesrv, fixed: true }
    start({ entry, connection: plainConnection, secretKey: '' })
  })
  for (const stored of kept) if (!stored.entry.fixed && !open.has(stored.entry.id)) start(stored)

  const must = (id: string): Held => {
    const held = open.get(id)
    if (held === undefined) throw new DeskError('not-found', `No cluster is called ${id} here.`)
    return held
  }
  const mustNotBeFixed = ({ stored: { entry } }: Held): void => {
    if (entry.fixed)
      throw new DeskError('bad-input', `${entry.id} was given at start: change the command line instead.`)
  }
  /** Whatever its end meets, what follows is done: a cluster that is kept is open again afterwards. */
  const shut = (id: string, { desk }: Held): Promise<void> =>
    desk.close().catch((error: unknown) => log(id, `when it was closed: ${oneLine(error)}`))
  /** Two changes at once would each start a sampler of the same cluster, and one of them would never end. */
  const inTurn = oneAfterTheOther()
  return {
    all: () => [...open.values()].map(({ desk }) => desk),
    get: (id) => open.get(id)?.desk,
    settings: () =>
      [...open.values()].map(({ stored: { entry, connection, secretKey }, desk }) => ({
        ...connection,
        ...entry,
        namesrv: [...entry.namesrv],
        bundled: desk.card().bundled,
        hasSecret: secretKey !== '' || givenById.get(entry.id)?.credentials !== undefined,
      })),
    add: (input) =>
      inTurn(async () => {
        if (open.has(input.id)) throw new DeskError('exists', `A cluster is called ${input.id} already.`)
        if (open.size >= MOST_CLUSTERS) throw new DeskError('budget', `At most ${MOST_CLUSTERS} clusters.`)
        const stored = changed(undefined, input)
        await registry.put(stored)
        return start(stored).card()
      }),
    update: ({ id, ...change }) =>
      inTurn(async () => {
        const held = must(id)
        const sent = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
        if (Object.keys(sent).some((key) => !looks.has(key))) mustNotBeFixed(held)
        const stored = changed(held.stored, { id, ...sent })
        await registry.put(stored)
        await shut(id, held)
        return start(stored).card()
      }),
    remove: (id) =>
      inTurn(async () => {
        const held = must(id)
        mustNotBeFixed(held)
        await registry.remove(id)
        open.delete(id)
        await shut(id, held)
        await stopJobsOf(database, id, Date.now())
      }),
    async test({ id, ...input }) {
      const held = id === undefined ? undefined : must(id)
      if (held?.stored.entry.fixed) {
        const fixed = givenById.get(held.stored.entry.id)
        return probe(held.stored.entry.namesrv, {
          credentials: fixed?.credentials,
          tls: fixed?.tls,
          resolve: undefined,
        })
      }
      const { entry, connection, secretKey } = changed(held?.stored, { id: 'test', name: 'test', ...input })
      return probe(entry.namesrv, reachOf(connection, secretKey, resolve))
    },
    async close() {
      await Promise.all([...open.values()].map(({ desk }) => desk.close()))
    },
  }
}
const MOST_CLUSTERS = 64
/** What may be changed of any cluster, since it touches nothing but the console. */
const looks: ReadonlySet<string> = new Set(['name', 'colour', 'readOnly', 'production'])

/** A cluster with a change. A secret that is not typed stays, unless it would be sent under another name or elsewhere. */
const changed = (before: StoredCluster | undefined, change: ClusterUpdateInput): StoredCluster => {
  const { secretKey: typed, ca, tls, accessKey, addressMap, hosts, ...rest } = change
  const entry: ClusterEntry = {
    ...(before?.entry ?? { name: change.id, namesrv: [], colour: 0, readOnly: false, production: false, fixed: false }),
    ...defined(rest),
    id: before?.entry.id ?? change.id,
  }
  const connection: ClusterConnection = {
    ...(before?.connection ?? plainConnection),
    ...defined({ ca, tls, accessKey, addressMap, hosts }),
  }
  const isSame = before !== undefined && placeOf(before) === placeOf({ entry, connection }) // with the secret they would sign elsewhere
  const kept = isSame ? before.secretKey : ''
  const secretKey = connection.accessKey === '' ? '' : typed || kept
  if (connection.accessKey !== '' && secretKey === '')
    throw new DeskError('bad-input', `Type the secret key that belongs to ${connection.accessKey}.`)
  return { entry, connection, secretKey }
}
/** Under which name a cluster is spoken to, and where. */
const placeOf = ({ entry: { namesrv }, connection }: Pick<StoredCluster, 'entry' | 'connection'>): string =>
  JSON.stringify([connection.accessKey, namesrv, connection.addressMap])
const defined = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  // what is left has no undefined
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
