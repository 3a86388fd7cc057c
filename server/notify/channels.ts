// server/notify/channels.ts: whom to tell and how. Secrets come in, are sealed, and never go out again: a page learns
// only whether there is one. Owner of the tables channel and setting (outgoing hosts).
import { randomUUID } from 'node:crypto'
import { and, desc, eq, sql } from 'drizzle-orm'
import { channel, delivery, setting } from '../db/alarm-tables'
import type { Db } from '../db/open'
import type { Seal } from '../guard/seal'
import type { ChannelBody } from '../shared/alarms'
import { DeskError } from '../shared/errors'
import type { ChannelRow, DeliveryRow } from '../shared/views'
import type { OpenChannel } from './send'

type Stored = typeof channel.$inferSelect
interface Secrets {
  secret?: string
  /** The address of a chat robot. */
  url?: string
}
const HOSTS_KEY = 'outgoing.hosts'

export interface Channels {
  list(): Promise<ChannelRow[]>
  put(id: string | undefined, body: ChannelBody): Promise<string>
  setEnabled(id: string, enabled: boolean): Promise<void>
  remove(id: string): Promise<void>
  /** Those that are told: the ids asked for, or all. */
  enabled(ids: readonly string[] | null): readonly { id: string; name: string }[]
  open(id: string): OpenChannel | undefined
  hosts(): readonly string[]
  setHosts(hosts: readonly string[]): Promise<void>
}
export const openChannels = async (db: Db, seal: Seal, now: () => number): Promise<Channels> => {
  let stored: Stored[] = []
  let hosts: string[] = []
  const read = async (): Promise<void> => {
    stored = await db.select().from(channel).orderBy(channel.createdAt)
    const [row] = await db.select().from(setting).where(eq(setting.key, HOSTS_KEY))
    hosts = row === undefined ? [] : JSON.parse(row.value) // written below
  }
  const find = (id: string): Stored => {
    const found = stored.find((one) => one.id === id)
    if (found === undefined) throw new DeskError('not-found', 'There is no such channel.')
    return found
  }
  const secretsOf = (one: Stored): Secrets =>
    one.sealed === null ? {} : JSON.parse(seal.open(one.sealed, `channel ${one.id}`))
  await read()
  return {
    async list() {
      const counts = await db
        .select({ id: delivery.channelId, n: sql<number>`count(*)` })
        .from(delivery)
        .where(eq(delivery.status, 'waiting'))
        .groupBy(delivery.channelId)
      return Promise.all(
        stored.map(async (one) => {
          const [last] = await db
            .select()
            .from(delivery)
            .where(and(eq(delivery.channelId, one.id), sql`tries > 0`))
            .orderBy(desc(delivery.createdAt))
            .limit(1)
          const settings: ChannelRow['settings'] = JSON.parse(one.settings) // written by put
          return {
            id: one.id,
            kind: one.kind,
            name: one.name,
            enabled: one.enabled,
            settings,
            hasSecret: secretsOf(one).secret !== undefined,
            waiting: counts.find(({ id }) => id === one.id)?.n ?? 0,
            last: last === undefined ? null : deliveryRow(last),
          }
        }),
      )
    },
    async put(id, body) {
      const before = id === undefined ? undefined : find(id)
      if (before !== undefined && before.kind !== body.kind)
        throw new DeskError('bad-input', 'A channel keeps its kind: make another one.')
      const { kind, name, secret, ...rest } = body
      const held = before === undefined ? {} : secretsOf(before)
      const secrets: Secrets = { ...held }
      if (secret !== undefined) {
        if (secret === '') delete secrets.secret
        else secrets.secret = secret
      }
      let settings: ChannelRow['settings'] = {}
      if ('host' in rest) settings = rest
      else if (body.kind === 'webhook') settings = { url: withoutLogin(body.url) }
      else {
        if (rest.url !== undefined) secrets.url = withoutLogin(rest.url)
        if (secrets.url === undefined) throw new DeskError('bad-input', 'It needs the address of the robot.')
        settings = { host: new URL(secrets.url).host, language: body.language }
      }
      // A secret goes only where it was meant to go: another host needs it typed again.
      if (
        before !== undefined &&
        secret === undefined &&
        held.secret !== undefined &&
        hostOf(JSON.parse(before.settings)) !== hostOf(settings)
      )
        throw new DeskError('bad-input', 'The address leads to another host: type the secret again.')
      const key = before?.id ?? randomUUID()
      const values = {
        kind,
        name,
        settings: JSON.stringify(settings),
        sealed: Object.keys(secrets).length === 0 ? null : seal.close(JSON.stringify(secrets), `channel ${key}`),
      }
      await db
        .insert(channel)
        .values({ id: key, enabled: true, createdAt: now(), ...values })
        .onConflictDoUpdate({ target: channel.id, set: values })
      await read()
      return key
    },
    async setEnabled(id, enabled) {
      find(id)
      await db.update(channel).set({ enabled }).where(eq(channel.id, id))
      await read()
    },
    async remove(id) {
      find(id)
      await db.delete(channel).where(eq(channel.id, id))
      await db
        .update(delivery)
        .set({ status: 'failed', nextAt: null, answer: 'the channel was removed' })
        .where(and(eq(delivery.channelId, id), eq(delivery.status, 'waiting')))
      await read()
    },
    enabled: (ids) => stored.filter((one) => one.enabled && (ids === null || ids.includes(one.id))),
    open(id) {
      const one = stored.find((row) => row.id === id)
      return one === undefined ? undefined : { id, kind: one.kind, ...JSON.parse(one.settings), ...secretsOf(one) }
    },
    hosts: () => hosts,
    async setHosts(next) {
      const value = JSON.stringify(next)
      await db
        .insert(setting)
        .values({ key: HOSTS_KEY, value })
        .onConflictDoUpdate({ target: setting.key, set: { value } })
      await read()
    },
  }
}
const hostOf = ({ url, host, port }: ChannelRow['settings']): string =>
  url === undefined ? `${host}:${port}` : new URL(url).host
/** `https://user:password@host/` would be shown, and sent in no header. */
const withoutLogin = (text: string): string => {
  const parsed = new URL(text)
  if (parsed.username !== '' || parsed.password !== '')
    throw new DeskError('bad-input', 'An address holds no user and no password here.')
  return parsed.href
}
export const deliveryRow = (row: typeof delivery.$inferSelect): DeliveryRow => ({
  id: row.id,
  channelId: row.channelId,
  channel: row.channel,
  kind: row.kind,
  status: row.status,
  tries: row.tries,
  createdAt: row.createdAt,
  nextAt: row.nextAt,
  sentAt: row.sentAt,
  tookMs: row.tookMs,
  answer: row.answer,
})
