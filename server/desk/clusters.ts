// server/desk/clusters.ts: all clusters of the console, open at once: one sampler and one admin client each.
import type { ClusterHandle } from '../../broker/types'
import type { AdminCredentials, AdminTls } from '../admin/open'
import { probe } from '../clusters/probe'
import { type ClusterEntry, openRegistry } from '../clusters/registry'
import type { Database } from '../db/open'
import type { Notify } from '../notify/open'
import type { AuditDesk, ClustersDesk } from '../shared/desk'
import { DeskError } from '../shared/errors'
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
  given: readonly GivenCluster[]
  log: (cluster: string, text: string) => void
  turnMs?: number
}
export interface OpenClusters extends ClustersDesk {
  close(): Promise<void>
}

export const openClusters = async ({
  database,
  notify,
  audit,
  given,
  log,
  turnMs,
}: ClustersOptions): Promise<OpenClusters> => {
  const registry = openRegistry(database.db)
  const open = new Map<string, OpenCluster>()
  const start = (
    entry: ClusterEntry,
    given: Pick<GivenCluster, 'bundled' | 'credentials' | 'tls'> = {},
  ): OpenCluster => {
    const cluster = openClusterDesk({
      entry,
      bundled: given.bundled,
      credentials: given.credentials,
      tls: given.tls,
      database,
      notify,
      audit,
      log: (text) => log(entry.id, text),
      ...(turnMs === undefined ? {} : { turnMs }),
    })
    open.set(entry.id, cluster)
    return cluster
  }
  given.forEach(({ id, name, namesrv, ...more }, index) => {
    start({ id, name, namesrv, colour: index % 8, readOnly: false, production: false, fixed: true }, more)
  })
  for (const entry of await registry.stored()) if (!open.has(entry.id)) start(entry)

  const mustBeStored = (id: string): OpenCluster => {
    const cluster = open.get(id)
    if (cluster === undefined) throw new DeskError('not-found', `No cluster is called ${id} here.`)
    if (cluster.entry.fixed)
      throw new DeskError('bad-input', `${id} was given at start: change the command line instead.`)
    return cluster
  }
  /** One change at a time: two at once would each start a sampler of the same cluster, and one of them would never end. */
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const turn = last.then(change)
    last = turn.catch(() => undefined) // whoever asked for it is told
    return turn
  }
  return {
    all: () => [...open.values()],
    get: (id) => open.get(id),
    add: (input) =>
      inTurn(async () => {
        if (open.has(input.id)) throw new DeskError('exists', `A cluster is called ${input.id} already.`)
        const entry = { ...input, fixed: false }
        await registry.put(entry)
        return start(entry).card()
      }),
    update: ({ id, ...change }) =>
      inTurn(async () => {
        const before = mustBeStored(id)
        const sent = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
        const entry: ClusterEntry = { ...before.entry, ...sent }
        await registry.put(entry)
        await before.close()
        return start(entry).card()
      }),
    remove: (id) =>
      inTurn(async () => {
        const cluster = mustBeStored(id)
        await registry.remove(id)
        open.delete(id)
        await cluster.close()
      }),
    test: probe,
    async close() {
      await Promise.all([...open.values()].map((cluster) => cluster.close()))
    },
  }
}
