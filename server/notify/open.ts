// server/notify/open.ts: telling people: channels, the outbox, and a test that is sent while one waits.
import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { delivery } from '../db/alarm-tables'
import type { Database } from '../db/open'
import type { Seal } from '../guard/seal'
import { checkTarget, RefusedTargetError, type Resolve } from '../guard/target'
import type { ChannelBody } from '../shared/alarms'
import type { NotifyDesk } from '../shared/desk'
import { DeskError } from '../shared/errors'
import { type Channels, deliveryRow, openChannels } from './channels'
import type { Notice } from './notice'
import { type Outbox, openOutbox } from './outbox'
import { sendOver } from './send'

/** A name that nobody resolves now may be resolved later: it does not keep an address from being saved. */
const RESOLVED_WITHIN_MS = 3000
/** An address that notices will never be sent to is refused when it is saved, not only when the first of them fails. */
const mayBeSpokenTo = async (body: ChannelBody, hosts: readonly string[], resolve?: Resolve): Promise<void> => {
  const target = targetOf(body)
  if (target === undefined) return
  let late: NodeJS.Timeout | undefined
  const waited = new Promise<void>((done) => {
    late = setTimeout(done, RESOLVED_WITHIN_MS)
  })
  // Where hosts are named, whether it is one of them is all that counts, and nobody need be asked.
  const asked = hosts.length > 0 ? async () => [] : resolve
  const checked = checkTarget(target.host, target.port, hosts, asked).catch((error: unknown) => {
    if (error instanceof RefusedTargetError)
      throw new DeskError('bad-input', `${error.fact}: ${NAME_IT}`, { todo: NAME_IT })
  })
  await Promise.race([checked, waited]).finally(() => clearTimeout(late))
}
const NAME_IT = 'name it under Alarms, Channels, “Whom the console may speak to” (channel.setPolicy), then save again.'
const targetOf = (body: ChannelBody): { host: string; port: number } | undefined => {
  if (body.kind === 'mail') return { host: body.host, port: body.port }
  if (body.url === undefined) return undefined
  const { hostname, port, protocol } = new URL(body.url)
  return { host: hostname, port: port !== '' ? Number(port) : protocol === 'http:' ? 80 : 443 }
}

export interface NotifyOptions {
  database: Database
  seal: Seal
  log: (text: string) => void
  now?: () => number
  resolve?: Resolve
  firstWaitMs?: number
}
export interface Notify extends NotifyDesk {
  readonly channels: Channels
  readonly outbox: Outbox
  close(): Promise<void>
}
export const openNotify = async (options: NotifyOptions): Promise<Notify> => {
  const { database, seal, log, now = Date.now } = options
  const { db } = database
  const channels = await openChannels(db, seal, now)
  const outbox = openOutbox({
    db,
    channels,
    now,
    log,
    ...(options.resolve === undefined ? {} : { send: options.resolve }),
    ...(options.firstWaitMs === undefined ? {} : { firstWaitMs: options.firstWaitMs }),
  })
  return {
    channels,
    outbox,
    list: () => channels.list(),
    async put(id, body) {
      await mayBeSpokenTo(body, channels.hosts(), options.resolve)
      return channels.put(id, body)
    },
    setEnabled: (id, enabled) => channels.setEnabled(id, enabled),
    remove: (id) => channels.remove(id),
    policy: () => ({ hosts: [...channels.hosts()] }),
    setPolicy: ({ hosts }) => channels.setHosts(hosts),
    async test(id, who) {
      const channel = channels.open(id)
      const row = (await channels.list()).find((one) => one.id === id)
      if (channel === undefined || row === undefined) throw new DeskError('not-found', 'There is no such channel.')
      const deliveryId = randomUUID()
      const at = new Date(now()).toISOString()
      const notice: Notice = {
        version: 1,
        event: 'test',
        alarm: deliveryId,
        at,
        cluster: { id: 'test', name: 'rocketdeck' },
        rule: `Test by ${who}`,
        severity: 'warning',
        subject: { kind: 'cluster', name: row.name },
        metric: 'samplerBlind',
        comparator: 'over',
        threshold: 0,
        value: null,
        since: at,
        ending: null,
      }
      const began = performance.now()
      const sent = await sendOver(channel, notice, deliveryId, {
        hosts: channels.hosts(),
        now,
        ...(options.resolve === undefined ? {} : { resolve: options.resolve }),
      })
      await db.insert(delivery).values({
        id: deliveryId,
        channelId: id,
        channel: row.name,
        alarmId: null,
        kind: 'test',
        notice: JSON.stringify(notice),
        status: sent.ok ? 'sent' : 'failed',
        tries: 1,
        createdAt: now(),
        nextAt: null,
        sentAt: sent.ok ? now() : null,
        tookMs: performance.now() - began,
        answer: sent.answer,
      })
      const [written] = await db.select().from(delivery).where(eq(delivery.id, deliveryId))
      if (written === undefined) throw new DeskError('internal', 'The test was not noted.')
      return deliveryRow(written)
    },
    close: () => outbox.close(),
  }
}
