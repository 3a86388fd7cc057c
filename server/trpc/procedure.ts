// server/trpc/procedure.ts: the only ways to make a procedure. Each names its right and passes one check; a mutation
// leaves a line in the audit log, whatever became of it. A procedure made otherwise has no rule and fails a test.
import { initTRPC } from '@trpc/server'
import superjson from 'superjson'
import { type FactsHeld, gathering } from '../audit/facts'
import type { AuditEntry, AuditView, ClusterDesk, ConsoleDesk, Reading, SignedIn } from '../shared/desk'
import { DeskError, oneLine } from '../shared/errors'
import { onCluster } from '../shared/inputs'
import { changesNothing, grantFor, hasSubject, type Right, subjectOf, type Where } from '../shared/rights'
import { before, channelFacts, leavesNothing, namedBy, objects } from './before'
import type { Context } from './context'
import { faultOf, trpcErrorOf } from './faults'

export type Scope = 'console' | 'cluster'
/** The rule of a procedure: `open` is for whoever has no session yet. */
export type Rule = { right: Right; scope: Scope } | { right: 'open'; scope: 'console' }

const t = initTRPC
  .context<Context>()
  .meta<Rule>()
  .create({
    transformer: superjson,
    isDev: false, // a stack never leaves the server
    errorFormatter: ({ shape, error }) => ({ ...shape, data: { ...shape.data, fault: faultOf(error) } }),
    sse: { enabled: false },
  })
export const router = t.router
export const callerFactory = t.createCallerFactory

/** Whether who asks holds the right there. The one place that decides. */
export const check = (who: SignedIn | null, right: Right, where?: Where): SignedIn => {
  if (who === null) throw new DeskError('not-signed-in', 'Nobody is signed in here, or the session has ended.')
  if (may(who, right, where)) return who
  const elsewhere = may(who, right) ? ' here: it is held for other clusters or names' : ''
  throw new DeskError('not-allowed', `This needs the right ${right}${elsewhere}.`, { right })
}
export const may = (who: SignedIn, right: Right, where?: Where): boolean =>
  grantFor(who.me.grants, right, where) !== undefined
/** The object a right is asked for: an input that names none needs the right on every name. */
const objectOf = (right: Right, raw: unknown): string | null => {
  if (!hasSubject(right) || typeof raw !== 'object' || raw === null) return null
  const name: unknown = Object.getOwnPropertyDescriptor(raw, subjectOf[right])?.value
  return typeof name === 'string' ? name : null
}
const clusterOf = (ctx: Context, id: string): ClusterDesk => {
  const cluster = ctx.desk.clusters.get(id)
  if (cluster === undefined) throw new DeskError('not-found', `No cluster is called ${id} here.`)
  return cluster
}
/**
 * Changes that are not made before the name of their object was typed: `confirm` is among what they take, and must be what the
 * named field of the input holds. `shown`: the name that the preview asks for; who holds the previews compares it.
 */
export const typesName: Readonly<Record<string, 'topic' | 'group' | 'part' | 'user' | 'shown'>> = {
  'topic.delete': 'topic',
  'group.delete': 'group',
  'group.reset': 'group',
  'group.removeFilter': 'group',
  'message.consumeDirectly': 'group',
  'message.resend': 'group',
  'dead.redrive': 'group',
  'waiting.decide': 'shown',
  'broker.start': 'part',
  'broker.stop': 'part',
  'broker.restart': 'part',
  'acl.deleteUser': 'user',
}
const fieldIn = (raw: unknown, key: string): unknown =>
  typeof raw === 'object' && raw !== null ? Object.getOwnPropertyDescriptor(raw, key)?.value : undefined
/** Whether the name of what is changed was typed; throws where something else was. */
const hasTypedName = (path: string, raw: unknown): boolean => {
  const field = Object.hasOwn(typesName, path) ? typesName[path] : undefined
  const typed = fieldIn(raw, 'confirm')
  if (field === undefined || typeof typed !== 'string') return false
  const name = field === 'shown' ? typed : fieldIn(raw, field)
  if (typed !== name) throw new DeskError('confirm-mismatch', `The name typed is not ${String(name)}.`)
  return typed !== ''
}
/** What a cluster is not changed by, though the right for it is one to change: what the console says of it, and a trial of a script. */
export const consolesOwn: ReadonlySet<string> = new Set(['message.setBodyType', 'group.tryFilter'])
/** Whoever looks at the console as somebody else changes nothing but how that ends, and how they see it. */
const mustBeOneself = ({ me }: SignedIn, path: string): void => {
  if (me.tryAs === null || whileTrying.has(path)) return
  throw new DeskError('trying', `You look at the console as ${me.tryAs.name}: nothing is changed meanwhile.`)
}
const whileTrying: ReadonlySet<string> = new Set(['access.endTryAs', 'auth.logout', 'auth.settings'])

/** On a cluster marked production a change names it, unless the name of what it changes was typed already. */
const mustNameProduction = ({ name }: ClusterDesk, path: string, raw: unknown): void => {
  if (hasTypedName(path, raw) || fieldIn(raw, 'production') === name) return
  throw new DeskError(
    'production',
    `${name} is marked production: a change there carries its name as \`production\`.`,
    {
      todo: 'Type the name of the cluster.',
    },
  )
}

const translated = t.middleware(async ({ next }) => {
  const result = await next()
  // tRPC keeps what it is given here and sends the formatted shape; the cause carries the fault.
  return result.ok ? result : { ...result, error: trpcErrorOf(result.error) }
})

const recorded = t.middleware(async ({ ctx, next, path, type, getRawInput }) => {
  if (type !== 'mutation' || ownLooks.has(path)) return next()
  await ctx.desk.audit.mustBeWritable()
  const began = performance.now()
  const found: Found = { before: null, object: null, facts: null }
  const accountName = await accountOf(ctx, path, getRawInput) // before it may be gone
  const result = await gathering(found, () => next({ ctx: { found } }))
  const signedIn = await ctx.who()
  // Whoever has no session could fill the disk with lines about what was not even tried.
  if (signedIn === null && !result.ok && untried.has(faultOf(result.error).kind)) return result
  const raw = await getRawInput()
  const input = fieldsOf(raw)
  // Without a session the name is only what somebody says: at a login it is what the line is about, elsewhere a forgery.
  const who = signedIn?.me.name ?? (path.startsWith('auth.') ? input.name : undefined) ?? ''
  const outcome: Outcome = result.ok ? outcomeOf(result.data) : { result: 'failed', error: auditText(result.error) }
  await ctx.desk.audit.write({
    who,
    from: ctx.caller.from,
    cluster: input.cluster ?? null,
    action: path,
    object:
      found.object ??
      input.topic ??
      input.group ??
      input.broker ??
      input.brokerName ??
      input.part ??
      input.user ??
      nameWithin(raw) ??
      found.facts?.object ??
      input.id ??
      input.offsetId ??
      input.pattern ??
      accountName ??
      brokersWithin(raw) ??
      (path.startsWith('auth.') ? undefined : input.name) ??
      null,
    before: found.facts?.before === undefined ? found.before : noted(found.facts.before, MAX_FACTS_CHARACTERS),
    after: afterOf(path, raw, found.facts?.after),
    reason: input.reason ?? null,
    ...outcome,
    tookMs: performance.now() - began,
  })
  return result
})
/** What a rule or a channel that is put is called. */
const nameWithin = (raw: unknown): string | undefined => {
  const name = fieldIn(fieldIn(raw, 'rule') ?? fieldIn(raw, 'channel'), 'name')
  return typeof name === 'string' && name !== '' ? name.slice(0, MAX_FIELD_CHARACTERS) : undefined
}
/** The brokers that a change is made at, where it is about nothing else. */
const brokersWithin = (raw: unknown): string | undefined => {
  const names = fieldIn(raw, 'brokers')
  if (!Array.isArray(names)) return undefined
  const text = names.filter((one) => typeof one === 'string').join(', ')
  return text === '' ? undefined : text.slice(0, MAX_FIELD_CHARACTERS)
}
/** How somebody sees the console (language, theme, the last cluster) is nobody's business, and would fill the log. */
const ownLooks: ReadonlySet<string> = new Set(['auth.settings'])
const auditText = (error: Error): string => {
  const { kind, text } = faultOf(error)
  return kind === 'broker-refused' || kind === 'internal' ? oneLine(error.cause ?? error) : text.slice(0, 400)
}
const untried: ReadonlySet<string> = new Set(['not-signed-in', 'bad-input', 'locked-out'])
/** No name and no reason that an input lets through is longer. What it does not let through is written down too. */
const MAX_FIELD_CHARACTERS = 1000
type Fields = Record<string, string | undefined>
const fieldsOf = (raw: unknown): Fields => {
  if (typeof raw !== 'object' || raw === null) return {}
  const fields: Fields = {}
  for (const [key, value] of Object.entries(raw)) {
    if (typeof value === 'string' && !unrecorded.has(key)) fields[key] = value.slice(0, MAX_FIELD_CHARACTERS)
  }
  return fields
}
/** What a change says, without what names its object, what stands in a column of its own, and secrets. */
const changedIn = (raw: object): [string, unknown][] =>
  Object.entries(raw)
    .filter(([key]) => !unrecorded.has(key) && !ownColumn.has(key))
    .map(([key, value]) => [key, key === 'channel' ? channelFacts(Object(value)) : value])
const noted = (value: unknown, most = MAX_NOTED_CHARACTERS): string =>
  JSON.stringify(value, (_key, one: unknown) => {
    if (typeof one === 'bigint') return one.toString()
    return typeof one === 'string' && one.length > MAX_FIELD_CHARACTERS ? `${one.slice(0, MAX_FIELD_CHARACTERS)}…` : one
  }).slice(0, most)
const MAX_NOTED_CHARACTERS = 4000
/** What a change says of itself is bounded by its rows. */
const MAX_FACTS_CHARACTERS = 16_000
const ownColumn: ReadonlySet<string> = new Set([
  'cluster',
  'topic',
  'group',
  'broker',
  'brokerName',
  'part',
  'user',
  'id',
  'offsetId',
  'reason',
  'confirm',
  'production',
])
/** What a change found before it was made; filled once who asks was let through. */
interface Found extends FactsHeld {
  before: string | null
  /** What it is about, where the call has an id only. */
  object: string | null
}
/** A look at how things stand must not hold the change for long, nor end it. */
const BEFORE_WITHIN_MS = 2000
const remembered = t.middleware(async ({ ctx, next, path, type, getRawInput }) => {
  const look = before[path]
  const name = objects[path]
  const { found, signedIn, cluster } = ctx as { found?: Found; signedIn?: SignedIn; cluster?: ClusterDesk } // set above it
  if (type !== 'mutation' || (look ?? name) === undefined || found === undefined || signedIn === undefined)
    return next()
  const raw = await getRawInput()
  if (typeof raw !== 'object' || raw === null) return next()
  const asked = { desk: ctx.desk, signedIn, cluster, input: { ...raw } }
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((done) => {
    timer = setTimeout(() => done(undefined), BEFORE_WITHIN_MS)
  })
  const keys = new Set(changedIn(raw).map(([key]) => key))
  const looked = async (): Promise<string | undefined> => {
    const [held, object] = await Promise.all([look?.(asked), name?.(asked)])
    found.object = object ?? null
    return held === undefined || held === null ? undefined : noted(leavesNothing(path) ? held : namedBy(held, keys))
  }
  found.before = (await Promise.race([looked().catch(() => undefined), late])) ?? null
  clearTimeout(timer)
  return next()
})
/** Never in the log: bodies and what may hold a secret. */
const unrecorded: ReadonlySet<string> = new Set([
  'body',
  'properties',
  'messages', // their bodies
  'draft',
  'password',
  'token',
  'current',
  'next',
  'secret',
  'secretKey',
])
const afterOf = (path: string, raw: unknown, facts: object | undefined): string | null => {
  if (path.startsWith('auth.') || typeof raw !== 'object' || raw === null) return null
  const rest = changedIn(raw)
  if (facts === undefined) return rest.length === 0 ? null : noted(Object.fromEntries(rest))
  // The preview is told of by what it held, and the queues chosen of it by what became of them.
  const said = rest.filter(([key]) => key !== 'preview' && key !== 'queues')
  return noted({ ...Object.fromEntries(said), ...facts }, MAX_FACTS_CHARACTERS)
}
/** What a change on an account is done to: the input has a number, people know names. */
const accountOf = async (
  { desk }: Context,
  path: string,
  getRawInput: () => Promise<unknown>,
): Promise<string | undefined> => {
  if (!path.startsWith('access.')) return undefined
  const raw = await getRawInput()
  const id: unknown = typeof raw === 'object' && raw !== null ? Object.getOwnPropertyDescriptor(raw, 'id')?.value : null
  return typeof id === 'number' ? ((await desk.access.people.nameOf(id).catch(() => undefined)) ?? `#${id}`) : undefined
}
type Outcome = Pick<AuditEntry, 'result' | 'error'>
/** What an answer says became of it: a change of many rows, steps of a test, a delivery. Whatever else came is done. */
const outcomeOf = (data: unknown): Outcome => {
  const rows: readonly unknown[] = Array.isArray(data) ? data : [data]
  const failed = rows.find((row) => isFields(row) && (row.ok === false || row.status === 'failed'))
  if (isFields(failed)) {
    const text = failed.text ?? failed.answer
    return { result: 'failed', error: typeof text === 'string' ? text.slice(0, 400) : null }
  }
  const counts = countsOf(data)
  if (counts === null || counts.failed === 0) return { result: 'ok', error: counts?.error ?? null }
  return { result: counts.ok > 0 ? 'partial' : 'failed', error: counts.error }
}
const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
const countsOf = (data: unknown): { ok: number; failed: number; error: string | null } | null => {
  if (typeof data !== 'object' || data === null || !('ok' in data) || !('failed' in data) || !('rows' in data))
    return null
  if (typeof data.ok !== 'number' || typeof data.failed !== 'number' || !Array.isArray(data.rows)) return null
  const rows: readonly { error?: string | null }[] = data.rows // rows of an ApplyResult
  return { ok: data.ok, failed: data.failed, error: rows.find((row) => row.error)?.error ?? null }
}

const base = t.procedure.use(translated).use(recorded)

/** For whoever has no session yet: state, set-up, login. */
export const open = () => base.meta({ right: 'open', scope: 'console' })

/** Signed in, and holding the right; not about one cluster. */
export const allowed = (right: Right) =>
  base
    .meta({ right, scope: 'console' })
    .use(async ({ ctx, path, type, next }) => {
      const signedIn = check(await ctx.who(), right)
      if (type === 'mutation') mustBeOneself(signedIn, path)
      return next({ ctx: { signedIn } })
    })
    .use(remembered)

/** Signed in, holding the right on the cluster the input names; `ctx.cluster` is it. */
export const allowedOn = (right: Right) =>
  base
    .meta({ right, scope: 'cluster' })
    .input(onCluster)
    .use(async ({ ctx, input, type, path, next, getRawInput }) => {
      const signedIn = check(await ctx.who(), right, {
        cluster: input.cluster,
        name: objectOf(right, await getRawInput()),
      })
      if (type === 'mutation') mustBeOneself(signedIn, path)
      const cluster = clusterOf(ctx, input.cluster)
      const changes = type === 'mutation' && !changesNothing.has(right) && !consolesOwn.has(path)
      if (changes && cluster.readOnly)
        throw new DeskError('read-only', `The cluster ${cluster.id} is connected read-only.`)
      if (type === 'mutation') hasTypedName(path, await getRawInput())
      if (changes && cluster.production) mustNameProduction(cluster, path, await getRawInput())
      return next({ ctx: { signedIn, cluster } })
    })
    .use(remembered)

/** A subscription's faults come while it runs, past every middleware: they are translated here. */
export const streaming = <Options extends { ctx: Context }, Event>(run: (options: Options) => AsyncIterable<Event>) =>
  async function* (options: Options): AsyncGenerator<Event, void, unknown> {
    let leave: (() => void) | undefined
    try {
      leave = options.ctx.streams.enter()
      yield* run(options)
    } catch (error) {
      throw trpcErrorOf(error)
    } finally {
      leave?.()
    }
  }

/** Whether bodies may be shown to who asks: of one topic, or of messages whose topic is not known before they are read. */
export const readingOf = (who: SignedIn, cluster: string, topic: string | null) => ({
  bodies: may(who, 'message.read', { cluster, name: topic }),
})
/** The same, with what of it masking rules hide. */
export const readingFor = (
  { signedIn, cluster, desk }: { signedIn: SignedIn; cluster: ClusterDesk; desk: ConsoleDesk },
  topic: string | null,
): Reading => {
  const reading = readingOf(signedIn, cluster.id, topic)
  const rules = desk.masking.of(cluster.id)
  if (rules.length === 0 || may(signedIn, 'message.unmask', { cluster: cluster.id, name: topic })) return reading
  return { ...reading, masks: { rules, digest: desk.masking.digest } }
}
/** Which lines of the audit log somebody sees: by the clusters on which they hold the right, else their own. */
export const auditViewOf = ({ me }: SignedIn): AuditView => {
  const held = me.grants.filter(({ right, own }) => right === 'audit.read' && own !== true)
  if (held.some(({ cluster }) => cluster === '*')) return null
  return { who: me.name, clusters: held.map(({ cluster }) => cluster) }
}
