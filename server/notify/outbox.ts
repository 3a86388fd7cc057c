// server/notify/outbox.ts: what is still to be told. A notice is written in the transaction of what it tells about, sent
// in order of writing, channel by channel, and tried again with growing waits; what was sent is noted before the next
// one goes. A process that is killed between the sending and the note sends the same delivery id once more.
import { and, eq, inArray, isNull, lte, notInArray, or, sql } from 'drizzle-orm'
import { alarm, delivery } from '../db/alarm-tables'
import type { Db } from '../db/open'
import type { Channels } from './channels'
import type { Notice } from './notice'
import { SEND_WITHIN_MS, type SendOptions, type Sent, sendOver } from './send'

const FIRST_WAIT_MS = 5000
const LONGEST_WAIT_MS = 600_000
/** A notice older than this tells nobody anything. */
const GIVE_UP_MS = 86_400_000
/** A no is asked again a few times: somebody may be correcting an address or a password. */
const REFUSALS = 3
const LOOK_EVERY_MS = 30_000
/** The log of what was sent goes with the history of alarms. */
const KEPT_MS = 90 * 86_400_000
const CLEAN_EVERY_MS = 3_600_000
/** Longer than a sending may last: one that is cut off before it is noted is sent once more after the next start. */
const CLOSE_WITHIN_MS = SEND_WITHIN_MS + 2000

export interface Statement {
  sql: string
  params: readonly unknown[]
}
export interface Enqueue {
  /** Same id, same delivery: a second writing of it changes nothing. */
  id: string
  alarmId: string | null
  channel: { id: string; name: string }
  notice: Notice
  silenced: boolean
}
export interface Outbox {
  /** For the transaction of the one who tells; `wake` afterwards. */
  statement(entry: Enqueue): Statement
  wake(): void
  close(): Promise<void>
}
export interface OutboxOptions {
  db: Db
  channels: Channels
  now: () => number
  send?: SendOptions['resolve']
  firstWaitMs?: number
  log: (text: string) => void
}
export const openOutbox = (options: OutboxOptions): Outbox => new Sender(options)

class Sender implements Outbox {
  readonly #options: OutboxOptions
  readonly #busy = new Map<string, Promise<void>>()
  /** Channels whose secret cannot be opened, or whose sendings could not be noted: until when they are left alone. */
  readonly #resting = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined
  #timerAt = 0
  /** One look at a time, and the end waits for it: none asks a database that is closed. */
  #looking: Promise<void> = Promise.resolve()
  #closed = false
  #cleanedAt = 0

  constructor(options: OutboxOptions) {
    this.#options = options
    this.wake()
  }

  statement({ id, alarmId, channel, notice, silenced }: Enqueue): Statement {
    const now = this.#options.now()
    return {
      sql: `insert or ignore into delivery (id, channel_id, channel, alarm_id, kind, notice, status, tries, created_at, next_at)
        values (?, ?, ?, ?, ?, ?, ?, 0, ?, ?)`,
      params: [
        id,
        channel.id,
        channel.name,
        alarmId,
        notice.event,
        JSON.stringify(notice),
        silenced ? 'silenced' : 'waiting',
        now,
        silenced ? null : now,
      ],
    }
  }

  wake(): void {
    this.#lookIn(0)
  }
  /** The soonest of those who ask counts: a look that ends must not put off one that was woken meanwhile. */
  #lookIn(ms: number): void {
    const at = performance.now() + ms
    if (this.#closed || (this.#timer !== undefined && this.#timerAt <= at)) return
    clearTimeout(this.#timer)
    this.#timerAt = at
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#looking = this.#looking.then(() => this.#look())
    }, ms)
  }

  async #look(): Promise<void> {
    if (this.#closed) return
    const { db, now, log } = this.#options
    let nextMs = LOOK_EVERY_MS
    try {
      await this.#clean()
      const due = await db
        // SQLite takes the bare column from the row that holds the least rowid: the one whose turn it is.
        .select({ channel: delivery.channelId, at: delivery.nextAt, first: sql<number>`min(rowid)` })
        .from(delivery)
        .where(eq(delivery.status, 'waiting'))
        .groupBy(delivery.channelId)
      for (const { channel, at: nextAt } of due) {
        if (this.#closed) return
        const at = Math.max(nextAt ?? 0, this.#resting.get(channel) ?? 0)
        if (at > now()) nextMs = Math.min(nextMs, at - now())
        else if (!this.#busy.has(channel)) {
          const work = this.#drain(channel)
            .then(() => void this.#resting.delete(channel))
            .catch((error: unknown) => {
              // Tried again at once, what was sent and not noted would be sent a thousand times.
              this.#resting.set(channel, now() + (this.#options.firstWaitMs ?? LOOK_EVERY_MS))
              log(`outbox: ${String(error)}`)
            })
            .finally(() => {
              this.#busy.delete(channel)
              this.wake()
            })
          this.#busy.set(channel, work)
        }
      }
    } catch (error) {
      log(`outbox: ${String(error)}`)
    }
    this.#lookIn(nextMs)
  }

  /** In order, until one must wait: what is over is never told before that it began. */
  async #drain(channelId: string): Promise<void> {
    const { db, channels, now } = this.#options
    while (!this.#closed) {
      const [row] = await db
        .select()
        .from(delivery)
        .where(and(eq(delivery.channelId, channelId), eq(delivery.status, 'waiting')))
        .orderBy(sql`rowid`)
        .limit(1)
      if (row === undefined || (row.nextAt ?? 0) > now()) return
      const channel = channels.open(channelId)
      const began = performance.now()
      const sent: Sent =
        channel === undefined
          ? { ok: false, again: false, answer: 'the channel was removed' }
          : await sendOver(channel, JSON.parse(row.notice), row.id, {
              hosts: channels.hosts(),
              now,
              ...(this.#options.send === undefined ? {} : { resolve: this.#options.send }),
            })
      const tries = row.tries + 1
      const over =
        !sent.ok && (now() - row.createdAt > GIVE_UP_MS || (!sent.again && tries >= REFUSALS) || channel === undefined)
      const first = this.#options.firstWaitMs ?? FIRST_WAIT_MS
      const nextAt = sent.ok || over ? null : now() + Math.min(LONGEST_WAIT_MS, first * 2 ** Math.min(tries - 1, 20))
      await db
        .update(delivery)
        .set({
          tries,
          nextAt,
          status: sent.ok ? 'sent' : over ? 'failed' : 'waiting',
          answer: sent.answer,
          tookMs: performance.now() - began,
          sentAt: sent.ok ? now() : null,
        })
        .where(eq(delivery.id, row.id))
      // What stands behind it waits too: it would meet the same and come out of order.
      if (nextAt !== null) return
    }
  }

  async #clean(): Promise<void> {
    const now = this.#options.now()
    if (now - this.#cleanedAt < CLEAN_EVERY_MS) return
    this.#cleanedAt = now
    // Of an alarm that still fires they say who knows of it.
    const lasting = this.#options.db.select({ id: alarm.id }).from(alarm).where(isNull(alarm.endedAt))
    await this.#options.db
      .delete(delivery)
      .where(
        and(
          inArray(delivery.status, ['sent', 'failed', 'silenced']),
          lte(delivery.createdAt, now - KEPT_MS),
          or(isNull(delivery.alarmId), notInArray(delivery.alarmId, lasting)),
        ),
      )
  }

  /** What is on its way is waited for, so that an orderly end sends nothing twice. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    let late: NodeJS.Timeout | undefined
    await Promise.race([
      this.#looking.then(() => Promise.all(this.#busy.values())),
      new Promise((resolve) => (late = setTimeout(resolve, CLOSE_WITHIN_MS))),
    ])
    clearTimeout(late)
  }
}
