// server/shared/alarms.ts: what alarms can watch, as a table, and what a rule is. Forms, the engine and the words of
// notices read the same rows. Pure data and types: components look in here.
import { z } from './zod'

/** How a value is written. `flag`: it is so (1) or not (0). */
export type AlarmUnit = 'messages' | 'ms' | 'perSecond' | 'ratio' | 'bytes' | 'clients' | 'flag'
export type AlarmSubject = 'group' | 'topic' | 'broker' | 'namesrv' | 'cluster'
export interface AlarmMetric {
  of: AlarmSubject
  unit: AlarmUnit
  /** A growth is counted over this span. */
  windowMs?: number
}
const metric = (of: AlarmSubject, unit: AlarmUnit, windowMs?: number): AlarmMetric =>
  windowMs === undefined ? { of, unit } : { of, unit, windowMs }

export const GROWTH_MS = 600_000
export const alarmMetrics = {
  lag: metric('group', 'messages'), //                       unread messages
  behind: metric('group', 'ms'), //                          age of the oldest unread message
  growth: metric('group', 'perSecond'), //                   of the lag, over 5 min
  pastKept: metric('group', 'flag'), //                      its position was deleted already
  retryGrowth: metric('group', 'messages', GROWTH_MS), //    failed and put back for another try, in 10 min
  deadGrowth: metric('group', 'messages', GROWTH_MS), //     given up, in 10 min
  queueBlocked: metric('group', 'ms'), //                    a queue with unread messages whose position stands still
  noClient: metric('group', 'flag'), //                      unread messages and nobody to read them
  clients: metric('group', 'clients'),
  topicIn: metric('topic', 'perSecond'),
  topicOut: metric('topic', 'perSecond'),
  brokerSilent: metric('broker', 'flag'),
  notWritable: metric('broker', 'flag'), //                  a master that producers are not sent to, or that refuses every send
  masterChanged: metric('broker', 'flag'), //                another broker became master in the last 10 min
  disk: metric('broker', 'ratio'),
  slaveBehind: metric('broker', 'bytes'),
  putP99: metric('broker', 'ms'),
  pageCacheBusy: metric('broker', 'ms'),
  timerLate: metric('broker', 'ms'), //                      how far the broker is behind in putting timed messages away
  halfPending: metric('cluster', 'messages'), //             prepared and neither committed nor rolled back
  halfAge: metric('cluster', 'ms'), //                       how long the oldest of them waits since it was sent
  namesrvSilent: metric('namesrv', 'flag'),
  samplerBlind: metric('cluster', 'flag'), //                no broker answers the console
} as const satisfies Record<string, AlarmMetric>
export type AlarmMetricName = keyof typeof alarmMetrics
// `Object.keys` forgets the key type; the table is const, so its keys are exactly these.
export const alarmMetricNames = Object.keys(alarmMetrics) as readonly AlarmMetricName[]

export const alarmSeverities = ['critical', 'warning'] as const
export type AlarmSeverity = (typeof alarmSeverities)[number]

const MOST_MS = 31 * 86_400_000
const span = z.number().int().min(0).max(MOST_MS)
const patterns = z.string().max(1000)
export const alarmRuleBody = z.object({
  name: z.string().trim().min(1).max(120),
  // The enum needs a tuple type; the list is not empty.
  metric: z.enum(alarmMetricNames as [AlarmMetricName, ...AlarmMetricName[]]),
  /** Names with `*`, separated by commas. */
  watches: patterns.default('*'),
  except: patterns.default(''),
  comparator: z.enum(['over', 'under']),
  value: z.number().finite(),
  /** For how long, before it fires. */
  forMs: span,
  /** It is over only at this value; null: at the threshold itself. */
  resolveValue: z.number().finite().nullable().default(null),
  /** And only when it stayed there for so long: a value that jumps to and fro is one alarm. */
  resolveForMs: span,
  severity: z.enum(alarmSeverities),
  /** Ids of channels; null: all there are. */
  channels: z.array(z.string().max(64)).max(50).nullable().default(null),
  /** Told again while it lasts; 0: once. */
  repeatMs: span,
  /** Unknown for so long fires too; null: unknown neither fires nor resolves. */
  unknownMs: span.nullable().default(null),
  enabled: z.boolean().default(true),
})
export type AlarmRuleBody = z.infer<typeof alarmRuleBody>

/** What a cluster's console watches from its first start. */
export const defaultRules: readonly AlarmRuleBody[] = [
  rule('Behind over 10 min', 'behind', 600_000, { severity: 'critical', resolveValue: 300_000 }),
  rule('Lag over 100,000', 'lag', 100_000, { resolveValue: 50_000, forMs: 300_000 }),
  rule('Position past what is kept', 'pastKept', 0, { severity: 'critical', forMs: 0 }),
  rule('Unread messages and no client', 'noClient', 0, { forMs: 300_000 }),
  rule('Queue blocked', 'queueBlocked', 300_000, { forMs: 0 }),
  rule('Retries growing', 'retryGrowth', 100, { forMs: 0 }),
  rule('Dead letters growing', 'deadGrowth', 0, { forMs: 0 }),
  rule('Broker not answering', 'brokerSilent', 0, { severity: 'critical', forMs: 30_000, resolveForMs: 10_000 }),
  rule('Broker takes no messages', 'notWritable', 0, { forMs: 300_000, resolveForMs: 10_000 }),
  rule('Another master', 'masterChanged', 0, { forMs: 0, resolveForMs: 0, repeatMs: 0 }),
  rule('Name server not answering', 'namesrvSilent', 0, { forMs: 30_000, resolveForMs: 10_000 }),
  rule('Disk over 85 %', 'disk', 0.85, { severity: 'critical', resolveValue: 0.8 }),
  rule('Slave far behind', 'slaveBehind', 64 * 1024 * 1024, {}),
  rule('Send p99 over 200 ms', 'putP99', 200, { resolveValue: 100, forMs: 300_000 }),
  rule('Page cache busy', 'pageCacheBusy', 1000, { forMs: 30_000 }),
  rule('Timed messages late', 'timerLate', 10_000, {}),
  rule('Half messages unanswered', 'halfAge', 300_000, {}),
  rule('Cluster cannot be seen', 'samplerBlind', 0, { severity: 'critical', forMs: 60_000, resolveForMs: 10_000 }),
]
/** Consoles that were set up before have no note of these: they get them once, at their next start. */
export const laterRules: ReadonlySet<AlarmMetricName> = new Set<AlarmMetricName>(['notWritable'])
function rule(name: string, metric: AlarmMetricName, value: number, rest: Partial<AlarmRuleBody>): AlarmRuleBody {
  return {
    name,
    metric,
    watches: '*',
    except: '',
    comparator: 'over',
    value,
    forMs: 120_000,
    resolveValue: null,
    resolveForMs: 60_000,
    severity: 'warning',
    channels: null,
    repeatMs: 4 * 3_600_000,
    unknownMs: null,
    enabled: true,
    ...rest,
  }
}

/** The rules of the first start in Chinese; a name that somebody gave is nobody's to translate. */
const chineseNames: Readonly<Record<string, string>> = {
  'Behind over 10 min': '消费延迟超过 10 分钟',
  'Lag over 100,000': '堆积量超过 100,000',
  'Position past what is kept': '位点已超出留存',
  'Unread messages and no client': '有堆积但无客户端',
  'Queue blocked': '队列阻塞',
  'Retries growing': '重试增长',
  'Dead letters growing': '死信增长',
  'Broker not answering': 'Broker 无响应',
  'Broker takes no messages': 'Broker 不接收消息',
  'Another master': '主节点切换',
  'Name server not answering': 'NameServer 无响应',
  'Disk over 85 %': '磁盘使用率超过 85 %',
  'Slave far behind': '从节点落后过多',
  'Send p99 over 200 ms': '发送 p99 超过 200 毫秒',
  'Page cache busy': 'PageCache 繁忙',
  'Timed messages late': '定时消息延迟',
  'Half messages unanswered': '半事务消息未决',
  'Cluster cannot be seen': '无法观测集群',
}
/** The name of a rule as it is shown: those of the first start in the reader's language. */
export const ruleNameIn = (language: NoticeLanguage, name: string): string =>
  language === 'zh' && Object.hasOwn(chineseNames, name) ? (chineseNames[name] ?? name) : name

/** Whether a name is one of `GID_*, order_?`. `*` is any run of characters, `?` one of them. */
export const matcherOf = (text: string): ((name: string) => boolean) => {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const tests = parts.map(globOf)
  return (name) => tests.some((test) => test(name))
}
/** Without a regular expression: a pattern of many stars must not cost more than its length times the name's. */
const globOf =
  (pattern: string) =>
  (name: string): boolean => {
    let at = 0
    let pos = 0
    let star = -1
    let held = 0
    while (pos < name.length) {
      const sign = pattern[at]
      if (sign === '*') {
        star = at++
        held = pos
      } else if (sign !== undefined && (sign === '?' || sign === name[pos])) {
        at += 1
        pos += 1
      } else if (star >= 0) {
        at = star + 1
        pos = ++held
      } else return false
    }
    while (pattern[at] === '*') at += 1
    return at === pattern.length
  }

// ---- channels ----

export const noticeLanguages = ['en', 'zh'] as const
export type NoticeLanguage = (typeof noticeLanguages)[number]
export const channelKinds = ['webhook', 'mail', 'dingtalk', 'feishu', 'wecom', 'slack'] as const
export type ChannelKind = (typeof channelKinds)[number]

const title = z.string().trim().min(1).max(120)
const url = z.url({ protocol: /^https?$/ }).max(2000)
const secret = z.string().max(2000)
const language = z.enum(noticeLanguages).default('en')
/** Secrets left out keep what is stored; they come in and never go out. */
export const channelBody = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('webhook'), name: title, url, secret: secret.optional() }),
  z.object({
    kind: z.literal('mail'),
    name: title,
    host: z.string().trim().min(1).max(255),
    port: z.number().int().min(1).max(65_535),
    /** tls: from the first byte. starttls: required after the greeting. plain: none. */
    security: z.enum(['tls', 'starttls', 'plain']),
    user: z.string().max(255).default(''),
    secret: secret.optional(),
    from: z.email().max(255),
    to: z.array(z.email().max(255)).min(1).max(50),
    language,
  }),
  // The address of a robot is its password: it is kept like one.
  ...(['dingtalk', 'feishu', 'wecom', 'slack'] as const).map((kind) =>
    z.object({ kind: z.literal(kind), name: title, url: url.optional(), secret: secret.optional(), language }),
  ),
])
export type ChannelBody = z.infer<typeof channelBody>
