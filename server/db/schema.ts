// server/db/schema.ts: the tables of console.db as Drizzle sees them; migrations.ts makes them. Times are ms since 1970.
import { integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { BodyKind } from '../shared/body-types'
import type { MaskHow, MaskPart } from '../shared/masks'
import type { Role } from '../shared/rights'

export const user = sqliteTable('user', {
  id: integer('id').primaryKey(),
  name: text('name').notNull(),
  /** scrypt's parameters, salt and hash in one text; empty for whoever signs in elsewhere: nothing matches it. */
  password: text('password').notNull(),
  /** Who says that they are who they are. */
  source: text('source').$type<'local' | 'oidc'>().notNull().default('local'),
  /** The provider's issuer and its name for them, which never becomes somebody else's. */
  subject: text('subject'),
  role: text('role').$type<Role>().notNull(),
  /** The name of a role made here; it stands in place of `role`. */
  customRole: text('custom_role'),
  locked: integer('locked', { mode: 'boolean' }).notNull().default(false),
  extraRights: text('extra_rights').notNull(),
  settings: text('settings').notNull(),
  createdAt: integer('created_at').notNull(),
  lastSeenAt: integer('last_seen_at'),
})
export const session = sqliteTable('session', {
  id: text('id').primaryKey(),
  /** SHA-256 of the cookie: the file alone lets nobody in. */
  secretHash: text('secret_hash').notNull(),
  userId: integer('user_id').notNull(),
  createdAt: integer('created_at').notNull(),
  lastSeenAt: integer('last_seen_at').notNull(),
  address: text('address').notNull(),
  agent: text('agent').notNull(),
  /** However much it is used, it ends then; null: it ends by not being used. */
  endsAt: integer('ends_at'),
  /** Sealed: what the provider wants to see at a sign-out. */
  hint: text('hint'),
  /** Whose rights it is looked at with, as JSON; null: one's own. */
  tryAs: text('try_as'),
})
/** Roles made here: what they hold, as JSON. */
export const role = sqliteTable('role', {
  name: text('name').primaryKey(),
  grants: text('grants').notNull(),
})
export const token = sqliteTable('token', {
  id: text('id').primaryKey(),
  /** SHA-256 of the secret, which nobody holds but its owner. */
  secretHash: text('secret_hash').notNull(),
  userId: integer('user_id').notNull(),
  name: text('name').notNull(),
  rights: text('rights').notNull(),
  cluster: text('cluster').notNull(),
  createdAt: integer('created_at').notNull(),
  expiresAt: integer('expires_at').notNull(),
  lastUsedAt: integer('last_used_at'),
})
export const audit = sqliteTable('audit', {
  id: integer('id').primaryKey(),
  at: integer('at').notNull(),
  who: text('who').notNull(),
  from: text('from_address').notNull(),
  cluster: text('cluster'),
  action: text('action').notNull(),
  object: text('object'),
  before: text('before_text'),
  after: text('after_text'),
  reason: text('reason'),
  result: text('result').$type<'ok' | 'partial' | 'failed'>().notNull(),
  error: text('error'),
  tookMs: real('took_ms').notNull(),
  /** Over the line before and this one; empty in lines from before there was a chain. */
  hash: text('hash').notNull().default(''),
})
/** Where the chain begins once old lines were removed: the hash of the last of them. One row. */
export const auditAnchor = sqliteTable('audit_anchor', {
  id: integer('id').primaryKey(),
  hash: text('hash').notNull(),
})
export const cluster = sqliteTable('cluster', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  /** Addresses joined by `;`. */
  namesrv: text('namesrv').notNull(),
  colour: integer('colour').notNull(),
  readOnly: integer('read_only', { mode: 'boolean' }).notNull(),
  production: integer('production', { mode: 'boolean' }).notNull(),
  /** How it is spoken to, as JSON. */
  connection: text('connection').notNull().default('{}'),
  /** Its secret key. */
  sealed: text('sealed'),
  /** Of the command line: the row holds only how it is shown and what it lets through. */
  fixed: integer('fixed', { mode: 'boolean' }).notNull().default(false),
  createdAt: integer('created_at').notNull(),
})
export const maskRule = sqliteTable('mask_rule', {
  id: text('id').primaryKey(),
  cluster: text('cluster').notNull(),
  topics: text('topics').notNull(),
  part: text('part').$type<MaskPart>().notNull(),
  field: text('field').notNull(),
  how: text('how').$type<MaskHow>().notNull(),
})
/** What the bodies of a topic are. */
export const bodyType = sqliteTable(
  'body_type',
  {
    cluster: text('cluster').notNull(),
    topic: text('topic').notNull(),
    kind: text('kind').$type<BodyKind>().notNull(),
    definition: text('definition').notNull(),
    message: text('message').notNull(),
    skipBytes: integer('skip_bytes').notNull(),
    who: text('who').notNull(),
    at: integer('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.cluster, table.topic] })],
)
export const series = sqliteTable('series', {
  id: integer('id').primaryKey(),
  cluster: text('cluster').notNull(),
  kind: text('kind').notNull(),
  name: text('name').notNull(),
})
const sample = (name: string) =>
  sqliteTable(name, {
    seriesId: integer('series_id').notNull(),
    at: integer('at').notNull(),
    until: integer('until').notNull(),
    in: real('in_rate'),
    out: real('out_rate'),
    inBytes: real('in_bytes'),
    outBytes: real('out_bytes'),
    lag: real('lag'),
    behindMs: real('behind_ms'),
    putP99Ms: real('put_p99_ms'),
    diskRatio: real('disk_ratio'),
    /** Messages of a topic. */
    kept: real('kept'),
    clients: real('clients'),
    /** Dead letters of a group. */
    dead: real('dead'),
  })
export const sample5s = sample('sample_5s')
export const sample1m = sample('sample_1m')
export const sample10m = sample('sample_10m')
export const usageHour = sqliteTable('usage_hour', {
  seriesId: integer('series_id').notNull(),
  hour: integer('hour').notNull(),
  messagesIn: integer('messages_in').notNull(),
  messagesOut: integer('messages_out').notNull(),
  /** Of these messages the mean size was known; `bytes` is theirs. */
  sized: integer('sized').notNull(),
  bytes: real('bytes').notNull(),
  /** Part of it was counted after a pause of the console, and laid evenly over it. */
  estimated: integer('estimated', { mode: 'boolean' }).notNull(),
})
export const counterMark = sqliteTable('counter_mark', {
  cluster: text('cluster').notNull(),
  /** `snapshots`: when where groups stand was last kept for a day, whole. */
  use: text('use').$type<'usage' | 'retry' | 'dead' | 'snapshots'>().notNull(),
  key: text('key').notNull(),
  at: integer('at').notNull(),
  value: real('value').notNull(),
})
export const event = sqliteTable('event', {
  cluster: text('cluster').notNull(),
  at: integer('at').notNull(),
  kind: text('kind').$type<'broker-start' | 'failover'>().notNull(),
  subject: text('subject').notNull(),
})
export const metricView = sqliteTable('metric_view', {
  id: text('id').primaryKey(),
  cluster: text('cluster').notNull(),
  name: text('name').notNull(),
  /** The part of the address behind `?`. */
  query: text('query').notNull(),
  who: text('who').notNull(),
  createdAt: integer('created_at').notNull(),
})
/** Where a group stood: before a reset, once a day, or when somebody asked. */
export const offsetSnapshot = sqliteTable('offset_snapshot', {
  id: text('id').primaryKey(),
  cluster: text('cluster').notNull(),
  group: text('group_name').notNull(),
  at: integer('at').notNull(),
  why: text('why').$type<'reset' | 'day' | 'hand'>().notNull(),
  who: text('who'),
  /** Queue by queue, as JSON. */
  queues: text('queues').notNull(),
})
/** Dead messages that were put back, so that a second time says so. */
export const redriven = sqliteTable('redriven', {
  cluster: text('cluster').notNull(),
  offsetId: text('offset_id').notNull(),
  /** When the dead message was stored: a place in a log may hold another one after the log was emptied. */
  storedAt: integer('stored_at').notNull(),
  at: integer('at').notNull(),
  /** False: it was sent and no answer came. */
  certain: integer('certain', { mode: 'boolean' }).notNull(),
})
/** Long work. `plan` and an item's `input` and `output` are JSON of whoever does that kind of work. */
export const job = sqliteTable('job', {
  id: text('id').primaryKey(),
  cluster: text('cluster').notNull(),
  kind: text('kind').notNull(),
  /** What it is done to: a group. */
  object: text('object').notNull(),
  state: text('state').$type<'running' | 'paused' | 'stopped' | 'done'>().notNull(),
  who: text('who').notNull(),
  from: text('from_address').notNull(),
  reason: text('reason'),
  plan: text('plan').notNull(),
  createdAt: integer('created_at').notNull(),
  beganAt: integer('began_at'),
  endedAt: integer('ended_at'),
  total: integer('total').notNull(),
  trouble: text('trouble'),
})
export const jobItem = sqliteTable('job_item', {
  jobId: text('job_id').notNull(),
  seq: integer('seq').notNull(),
  key: text('key').notNull(),
  title: text('title').notNull(),
  input: text('input').notNull(),
  state: text('state').$type<'waiting' | 'begun' | 'done' | 'failed' | 'unsure' | 'skipped'>().notNull(),
  output: text('output'),
  error: text('error'),
  /** Of the last change of its state. */
  at: integer('at'),
})
/** What somebody sends or searches for again and again: what stood in the form, as the browser keeps it. */
export const keptDraft = sqliteTable('kept_draft', {
  id: text('id').primaryKey(),
  userId: integer('user_id').notNull(),
  kind: text('kind').$type<'send' | 'search'>().notNull(),
  name: text('name').notNull(),
  draft: text('draft').notNull(),
  at: integer('at').notNull(),
})
