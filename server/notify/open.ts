// server/notify/open.ts: telling people: channels, the outbox, and a test that is sent while one waits.
import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { delivery } from '../db/alarm-tables'
import type { Database } from '../db/open'
import type { Seal } from '../guard/seal'
import type { Resolve } from '../guard/target'
import type { NotifyDesk } from '../shared/desk'
import { DeskError } from '../shared/errors'
import { type Channels, deliveryRow, openChannels } from './channels'
import type { Notice } from './notice'
import { type Outbox, openOutbox } from './outbox'
import { sendOver } from './send'

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
    put: (id, body) => channels.put(id, body),
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
