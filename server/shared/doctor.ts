// server/shared/doctor.ts: what the connection doctor can find, as one table, and what a pasted error says. Pure: the form
// reads an error as it is pasted, the server checks. Each finding has its text, and its remedy, in both languages.

/** bad: this alone explains it. warn: may explain it. hint: is so on purpose, and can surprise. unknown: could not be checked. */
export type Gravity = 'ok' | 'hint' | 'warn' | 'bad' | 'unknown'

export const findings = {
  // where the client asks first
  nameServerAnswers: 'ok',
  nameServerRefuses: 'bad',
  nameServerSilent: 'bad',
  nameServersAgree: 'ok',
  nameServersDiffer: 'warn',
  addressKnown: 'ok',
  addressOther: 'bad',
  addressIsBroker: 'bad',
  addressForm: 'bad',
  // where it is sent from there
  noBroker: 'bad',
  brokerAnswers: 'ok',
  brokerRefuses: 'bad',
  brokerSilent: 'bad',
  brokerDenies: 'unknown',
  announcesLoopback: 'bad',
  announcesAny: 'bad',
  onlyThisMachine: 'hint',
  vipClosed: 'hint',
  noMaster: 'bad',
  brokerNotWritable: 'bad',
  brokerNotReadable: 'bad',
  diskFull: 'bad',
  clockRight: 'ok',
  clockOff: 'warn',
  accessOff: 'ok',
  accessOn: 'hint',
  versionsDiffer: 'hint',
  // the topic
  topicBadName: 'bad',
  topicExists: 'ok',
  topicMissing: 'bad',
  topicMissingAuto: 'warn',
  topicSimilar: 'hint',
  topicInNamespace: 'bad',
  topicNoRoute: 'bad',
  topicNotWritable: 'bad',
  topicNotReadable: 'bad',
  topicNotEverywhere: 'hint',
  topicHasMessages: 'ok',
  topicNeverSent: 'warn',
  topicNothingKept: 'warn',
  // the group
  groupBadName: 'bad',
  groupExists: 'ok',
  groupMissing: 'bad',
  groupMissingAuto: 'warn',
  groupSimilar: 'hint',
  groupInNamespace: 'bad',
  groupOff: 'bad',
  groupNoClient: 'bad',
  groupClients: 'ok',
  groupClientsUnknown: 'unknown',
  groupOnlyProduces: 'warn',
  clientTwice: 'bad',
  rebalancing: 'hint',
  clientVersionsDiffer: 'hint',
  broadcasting: 'hint',
  broadcastOff: 'bad',
  // whether the one reads the other
  subscribed: 'ok',
  notSubscribed: 'bad',
  subscriptionsAgree: 'ok',
  subscriptionsDiffer: 'bad',
  subscriptionsUnknown: 'unknown',
  filterTakes: 'ok',
  filterTakesNone: 'warn',
  sqlOff: 'bad',
  enoughQueues: 'ok',
  idleClients: 'warn',
  queuesUnowned: 'bad',
  neverCommitted: 'hint',
  caughtUp: 'ok',
  reading: 'ok',
  lagging: 'warn',
  queueStill: 'bad',
  pastKept: 'warn',
  retrying: 'warn',
  deadLetters: 'warn',
  positionUnknown: 'unknown',
} as const satisfies Record<string, Gravity>
export type Finding = keyof typeof findings
/** Findings that say what to do. */
export type Trouble = { [F in Finding]: (typeof findings)[F] extends 'ok' ? never : F }[Finding]
export const isTrouble = (finding: Finding): finding is Trouble => findings[finding] !== 'ok'

export const symptoms = ['connect', 'send', 'receive', 'late', 'twice'] as const
export type Symptom = (typeof symptoms)[number]

/** What explains a symptom although it is no fault by itself. */
const explains: Partial<Record<Symptom, readonly Finding[]>> = {
  connect: ['onlyThisMachine', 'accessOn', 'vipClosed'],
  send: ['accessOn', 'topicSimilar'],
  receive: ['neverCommitted', 'accessOn', 'topicSimilar', 'groupSimilar', 'rebalancing'],
  late: ['rebalancing'],
  twice: ['broadcasting', 'rebalancing'],
}
/** What does not explain it, however grave it is. */
const besides: Partial<Record<Symptom, readonly Finding[]>> = {
  connect: ['topicNeverSent', 'topicNothingKept', 'retrying', 'deadLetters', 'lagging'],
  send: ['topicNotReadable', 'brokerNotReadable', 'topicNeverSent', 'topicNothingKept', 'groupNoClient', 'lagging'],
  receive: ['diskFull', 'brokerNotWritable'],
  late: ['diskFull', 'brokerNotWritable', 'topicNeverSent', 'topicNothingKept'],
  twice: ['diskFull', 'brokerNotWritable', 'topicNeverSent', 'lagging'],
}
const weight: Record<Gravity, number> = { bad: 0, warn: 1, hint: 2, unknown: 3, ok: 4 }
/** What most likely explains the symptom, likeliest first: in the order in which a client meets things. */
export const suspectsOf = <T extends { finding: Finding }>(symptom: Symptom, checks: readonly T[]): T[] =>
  checks
    .filter(({ finding }) => {
      if (besides[symptom]?.includes(finding) === true) return false
      const gravity: Gravity = findings[finding]
      return gravity === 'bad' || gravity === 'warn' || explains[symptom]?.includes(finding) === true
    })
    .sort((a, b) => weight[findings[a.finding]] - weight[findings[b.finding]])

/** What errors of the client libraries mean. */
export const clientErrors = [
  'noNameServer',
  'connectFailed',
  'noRoute',
  'topicNotExist',
  'groupExists',
  'groupNotExist',
  'noSubscription',
  'notPermitted',
  'accessDenied',
  'tooLarge',
  'badMessage',
  'busy',
  'diskFull',
  'timeout',
  'sqlOff',
  'tls',
] as const
export type ClientError = (typeof clientErrors)[number]
export interface ReadError {
  readonly error: ClientError | null
  readonly symptom: Symptom
  readonly topic: string | null
  readonly group: string | null
  readonly address: string | null
}
/** First match wins: what says most stands first. In the words of the Java, Go, C++ and Node clients and of brokers. */
const patterns: readonly (readonly [ClientError, Symptom, RegExp])[] = [
  [
    'groupExists',
    'connect',
    /(?:has been created before|group.{0,120}already exist|(?:consumer|producer) group duplicated)/i,
  ],
  [
    'noNameServer',
    'connect',
    /no name ?server|name ?server address.{0,40}(?:null|empty|not set)|connect to (?:<?null>?|\[?\]?) failed|NameServerAddress|namesrv.{0,20}(?:empty|is null)/i,
  ],
  [
    'accessDenied',
    'connect',
    /AclException|AuthenticationException|AuthorizationException|signature|access ?key|has no permission to access|PERMISSION.{0,20}denied/i,
  ],
  ['sqlOff', 'receive', /does not support consumer to filter message by SQL92/i],
  [
    'noRoute',
    'send',
    /no route info|no topic route|topic route.{0,40}(?:not|empty|null)|TopicRouteInfoNotExist|route info not found/i,
  ],
  ['topicNotExist', 'send', /topic ?\[?[^\]\s]*\]? not exist|CODE:? ?17\b/i],
  ['groupNotExist', 'receive', /(?:subscription|consumer) group.{0,140}not exist|CODE:? ?26\b/i],
  [
    'noSubscription',
    'receive',
    /subscription (?:not exist|not latest)|consumer's (?:group info|subscription)|CODE:? ?2[45]\b/i,
  ],
  ['diskFull', 'send', /disk full|SERVICE_NOT_AVAILABLE|not writable.{0,120}disk/i],
  [
    'tooLarge',
    'send',
    /body (?:size )?over max|body length over|message body.{0,40}(?:large|exceed|over)|over max value/i,
  ],
  ['badMessage', 'send', /MESSAGE_ILLEGAL|message is illegal|CODE:? ?13\b/i],
  [
    'notPermitted',
    'send',
    /(?:sending|subscription|pulling|consum\w+).{0,80}(?:forbidden|not permitted)|NO_PERMISSION|CODE:? ?16\b/i,
  ],
  ['busy', 'send', /TIMEOUT_CLEAN_QUEUE|broker busy|system busy|PC_SYNCHRONIZED|CODE:? ?2\b/i],
  ['tls', 'connect', /SSLHandshake|SSLException|handshake.{0,20}fail|not an SSL\/TLS record/i],
  [
    'connectFailed',
    'connect',
    /RemotingConnectException|connect(?:ion)? (?:to .{0,80}failed|refused)|ECONNREFUSED|dial tcp|EHOSTUNREACH|ENOTFOUND/i,
  ],
  [
    'timeout',
    'connect',
    /RemotingTimeoutException|RemotingSendRequestException|wait response .{0,60}timeout|timed? ?out|deadline exceeded|ETIMEDOUT/i,
  ],
]
const nameIn = (text: string, expressions: readonly RegExp[]): string | null => {
  for (const expression of expressions) {
    const found = expression.exec(text)?.[1]
    if (found !== undefined && found !== '') return found
  }
  return null
}
const NAME = '([%|a-zA-Z0-9_-]{1,255})'
/** A pasted error, read for what it says; nothing in it is trusted: names are looked up like typed ones. */
export const readError = (pasted: string): ReadError => {
  const text = pasted.slice(0, 20_000)
  const found = patterns.find(([, , pattern]) => pattern.test(text))
  return {
    error: found?.[0] ?? null,
    symptom: found?.[1] ?? (/consum|pull|subscri/i.test(text) ? 'receive' : 'send'),
    topic: nameIn(text, [
      new RegExp(`topic ?(?:\\[|: ?|= ?|'|")${NAME}`, 'i'),
      new RegExp(`route info of this topic[:,]? ?${NAME}`, 'i'),
    ]),
    group: nameIn(text, [new RegExp(`group(?:Name)? ?(?:\\[|: ?|= ?|'|")${NAME}`, 'i')]),
    address: nameIn(text, [/(?:connect(?:ion)?(?: to)?|dial tcp|channel)[ :<(]{1,3}([a-zA-Z0-9_.-]{1,255}:\d{1,5})/i]),
  }
}
