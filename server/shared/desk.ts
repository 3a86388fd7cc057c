// server/shared/desk.ts: what the routers ask, as interfaces. One ClusterDesk per cluster; server/console.ts puts it
// together from the sampler, the admin client and the rooms for messages and changes. Types only.
import type { AlarmRuleBody, ChannelBody } from './alarms'
import type { BodyTypeSet } from './body-types'
import type {
  AclCheckInput,
  AclPoliciesInput,
  AclPolicyDeleteInput,
  AclUserDeleteInput,
  AclUserInput,
  AlarmHistoryInput,
  AlarmSilenceInput,
  AuditFilter,
  AuditListInput,
  BodyTypeSetInput,
  BrokerConfigInput,
  ClientListInput,
  ClusterAddInput,
  ClusterTestInput,
  ClusterUpdateInput,
  ConsumeDirectlyInput,
  DeadListInput,
  DeadMarksInput,
  DoctorInput,
  ExploreInput,
  GroupCreateInput,
  GroupDeleteInput,
  GroupFilterInput,
  GroupFilterTryInput,
  GroupListInput,
  GroupUpdateInput,
  JobActInput,
  JobItemsInput,
  MaskPutInput,
  MessageAtInput,
  MessageByIdInput,
  MessageByKeyInput,
  MessageGetInput,
  OidcPutInput,
  PaletteInput,
  RedriveInput,
  RedrivePreviewInput,
  ResendInput,
  ResetInput,
  ResetPreviewInput,
  RolePutInput,
  RunningInput,
  ScanInput,
  SendBatchInput,
  SendInput,
  SettingsInput,
  SetupInput,
  Span,
  TailInput,
  TemplatePutInput,
  TokenCreateInput,
  TopicCreateInput,
  TopicDeleteInput,
  TopicListInput,
  TopicUpdateInput,
  TraceInput,
  UsageInput,
  UserCreateInput,
  UserUpdateInput,
  WaitingActInput,
  WaitingActPreviewInput,
} from './inputs'
import type { MaskRule } from './masks'
import type { Right } from './rights'
import type * as view from './views'

/** With or without the right to read bodies and user properties. */
export interface Reading {
  bodies: boolean
  /** What is hidden all the same, and how a hidden value is told from another one. */
  masks?: { rules: readonly MaskRule[]; digest: (text: string) => string } | undefined
}
/** What is hidden of messages from whoever lacks `message.unmask`. */
export interface MaskingDesk {
  list(): readonly MaskRule[]
  /** Those that hold on a cluster. */
  of(cluster: string): readonly MaskRule[]
  digest(text: string): string
  put(input: MaskPutInput): Promise<{ id: string }>
  remove(id: string): Promise<void>
}
export interface Watch {
  signal: AbortSignal | undefined
  /** `at` of the last sample seen. */
  after: number
}

export interface ClusterDesk {
  readonly id: string
  readonly readOnly: boolean
  /** Marked production: a change asks for its name. */
  readonly production: boolean
  readonly name: string
  card(): view.ClusterCard
  info(): Promise<view.ClusterInfo>
  overview(): view.Overview
  /** What ever went in and out, by offsets; topics and groups of which a part is not known are left out. */
  counters(): {
    in: { topic: string; messages: number }[]
    out: { topic: string; group: string; messages: number }[]
  }
  history(span: Span): Promise<view.History>
  watch(watch: Watch): AsyncIterable<view.Overview>
  readonly topics: TopicDesk
  readonly groups: GroupDesk
  readonly brokers: BrokerDesk
  readonly messages: MessageDesk
  readonly clients: { list(input: ClientListInput): Promise<view.Page<view.ClientRow>> }
  readonly dead: DeadDesk
  readonly doctor: DoctorDesk
  readonly jobs: JobsDesk
  readonly alarms: AlarmDesk
  readonly waiting: WaitingDesk
  readonly metrics: MetricsDesk
  readonly acl: AclDesk
  find(input: PaletteInput): view.PaletteHit[]
}
/** The brokers' own users and policies (ACL 2.0); every change goes to all masters. */
export interface AclDesk {
  state(): Promise<view.AclView>
  check(input: AclCheckInput): Promise<view.AclVerdict[]>
  putUser(input: AclUserInput): Promise<view.ApplyResult>
  deleteUser(input: AclUserDeleteInput): Promise<view.ApplyResult>
  putPolicies(input: AclPoliciesInput): Promise<view.ApplyResult>
  deletePolicy(input: AclPolicyDeleteInput): Promise<view.ApplyResult>
}
export interface TopicDesk {
  list(input: TopicListInput): Promise<view.Page<view.TopicRow>>
  names(): { name: string; type: view.TopicType }[]
  get(topic: string): Promise<view.TopicView>
  history(topic: string, span: Span, group?: string): Promise<view.History>
  watch(topic: string, watch: Watch): AsyncIterable<view.TopicView>
  producers(topic: string): Promise<view.ProducerRow[]>
  tags(topic: string): Promise<view.TopicTags>
  create(input: TopicCreateInput): Promise<view.ApplyResult>
  update(input: TopicUpdateInput): Promise<view.ApplyResult>
  deletePreview(topic: string): Promise<view.DeletePreview>
  delete(input: TopicDeleteInput): Promise<view.ApplyResult>
}
export interface GroupDesk {
  list(input: GroupListInput): view.Page<view.GroupRow>
  names(): string[]
  get(group: string): Promise<view.GroupView>
  history(group: string, span: Span, topic?: string): Promise<view.History>
  watch(group: string, watch: Watch): AsyncIterable<view.GroupView>
  clients(group: string): Promise<view.GroupClientRow[]>
  running(input: RunningInput): Promise<view.ClientRunning>
  subscriptions(group: string): Promise<view.SubscriptionMatrix>
  create(input: GroupCreateInput): Promise<view.ApplyResult>
  update(input: GroupUpdateInput): Promise<view.ApplyResult>
  /** The group's filter script, broker by broker. */
  filter(group: string): Promise<view.GroupFilterRow[]>
  setFilter(input: GroupFilterInput): Promise<view.ApplyResult>
  removeFilter(group: string): Promise<view.ApplyResult>
  /** Only for whoever may see all of the message: what a script says or throws tells of it. */
  tryFilter(input: GroupFilterTryInput): Promise<view.GroupFilterTrial>
  deletePreview(group: string): Promise<view.DeletePreview>
  delete(input: GroupDeleteInput): Promise<view.ApplyResult>
  resetPreview(input: ResetPreviewInput): Promise<view.ResetPreview>
  reset(input: ResetInput, who: string): Promise<view.ApplyResult>
  /** Where it stood at some moments, the newest first. */
  snapshots(group: string): Promise<view.SnapshotRow[]>
  keepOffsets(group: string, who: string): Promise<{ id: string }>
}
export interface BrokerDesk {
  list(): view.Page<view.BrokerRow>
  get(key: string): Promise<view.BrokerView>
  history(key: string, span: Span): Promise<view.History>
  configUpdate(input: BrokerConfigInput): Promise<view.ApplyResult>
  setWritable(brokerName: string, writable: boolean): Promise<view.ApplyResult>
  /** The bundled cluster's parts; empty for a cluster that runs elsewhere. */
  parts(): view.PartView[]
  part(name: string, act: 'start' | 'stop' | 'restart'): Promise<view.PartView>
}
/** How whoever asks may read messages of a topic. */
export type ReadingOn = (topic: string) => Reading
export interface MessageDesk {
  byId(input: MessageByIdInput, reading: Reading): Promise<view.FoundMessages>
  byKey(input: MessageByKeyInput, reading: Reading): Promise<view.FoundMessages>
  at(input: MessageAtInput, reading: Reading): Promise<view.MessageView>
  get(input: MessageGetInput, reading: Reading): Promise<view.MessageView>
  track(offsetId: string): Promise<view.TrackRow[]>
  scan(input: ScanInput, reading: Reading, signal: AbortSignal | undefined): AsyncIterable<view.ScanEvent>
  /** Whole messages, for a file; only for whoever may read bodies. */
  export(
    input: ScanInput,
    reading: Reading,
    signal: AbortSignal | undefined,
  ): AsyncIterable<view.ScanEvent<view.ExportedMessage>>
  tail(input: TailInput, reading: Reading, signal: AbortSignal | undefined): AsyncIterable<view.TailEvent>
  traces(input: TraceInput): Promise<view.FoundTraces>
  send(input: SendInput): Promise<view.SendResult>
  sendBatch(input: SendBatchInput): Promise<view.BatchResult>
  consumeDirectly(input: ConsumeDirectlyInput, readingOn: ReadingOn): Promise<view.ConsumeDirectlyResult>
  resend(input: ResendInput, readingOn: ReadingOn): Promise<view.SendResult>
  /** What the bodies of a topic were said to be; null: nothing was said. */
  bodyType(topic: string): Promise<BodyTypeSet | null>
  setBodyType(input: BodyTypeSetInput, reading: Reading, who: string): Promise<void>
}

export interface DoctorDesk {
  examine(input: Omit<DoctorInput, 'cluster'>): Promise<view.DoctorReport>
}
/** How a dead message is put back. */
export interface PutBack {
  topic: string
  /** Where it came from before it died. */
  origin: string
  /** What is written on it, so that it is found again. */
  marks: Readonly<Record<string, string>>
}
export interface DeadDesk {
  list(input: DeadListInput): view.Page<view.DeadRow>
  marks(input: DeadMarksInput): Promise<view.DeadMark[]>
  redrivePreview(input: RedrivePreviewInput, reading: Reading): Promise<view.RedrivePreview>
  /** Starts the job; asked again with the same preview, answers with the same job. */
  redrive(input: RedriveInput, by: By): Promise<view.JobRow>
  /** The topic a preview sends to besides the group's own and those of origin. */
  redriveTo(preview: string): string | null
}
/** Who wants something done, for work that ends after the request. */
export interface By {
  who: string
  from: string
}
/** Long work on a cluster: it goes on without the browser, and after a restart. */
export interface JobsDesk {
  list(): Promise<view.JobRow[]>
  get(id: string): Promise<view.JobRow>
  items(input: JobItemsInput): Promise<view.Page<view.JobItemRow>>
  act(input: JobActInput): Promise<view.JobRow>
}

export interface AlarmDesk {
  board(): Promise<view.AlarmBoard>
  rules(): Promise<view.RuleRow[]>
  putRule(id: string | undefined, rule: AlarmRuleBody): Promise<{ id: string }>
  removeRule(id: string): Promise<void>
  backtest(rule: AlarmRuleBody): Promise<view.Backtest>
  silences(): Promise<view.SilenceRow[]>
  silence(input: AlarmSilenceInput, who: string): Promise<{ id: string }>
  endSilence(id: string): Promise<void>
  take(id: string, who: string | null): Promise<void>
  history(input: AlarmHistoryInput): Promise<view.Page<view.AlarmRow>>
}
/** Channels are the console's, for all clusters. Secrets go in and never come out. */
export interface NotifyDesk {
  list(): Promise<view.ChannelRow[]>
  put(id: string | undefined, channel: ChannelBody): Promise<string>
  setEnabled(id: string, enabled: boolean): Promise<void>
  remove(id: string): Promise<void>
  test(id: string, who: string): Promise<view.DeliveryRow>
  policy(): view.OutgoingPolicy
  setPolicy(policy: view.OutgoingPolicy): Promise<void>
}

/** The history as charts and as a report, and views of it that were saved. */
export interface MetricsDesk {
  explore(input: ExploreInput): Promise<view.Explored>
  usage(input: UsageInput): Promise<view.UsagePage>
  views(): Promise<view.SavedView[]>
  saveView(name: string, query: string, who: string): Promise<{ id: string }>
  removeView(id: string, who: string, isAdmin: boolean): Promise<void>
}

/** Messages without an answer or before their time. */
export interface WaitingDesk {
  halves(): Promise<view.HalfList>
  timetable(): Promise<view.Timetable>
  preview(input: WaitingActPreviewInput): Promise<view.WaitingActPreview>
  apply(input: WaitingActInput, by: By): Promise<view.ApplyResult>
}
/** The clusters the console knows. */
export interface ClustersDesk {
  all(): readonly ClusterDesk[]
  get(id: string): ClusterDesk | undefined
  settings(): view.ClusterSettings[]
  add(input: ClusterAddInput): Promise<view.ClusterCard>
  update(input: ClusterUpdateInput): Promise<view.ClusterCard>
  remove(id: string): Promise<void>
  /** Whether it can be reached, and what it lets the console do; changes nothing there. */
  test(input: ClusterTestInput): Promise<view.ProbeStep[]>
}

/** What is known of who asks. */
export interface Caller {
  /** Address of the peer. */
  from: string
  agent: string
  /** The session cookie's value. */
  session: string | null
  /** What came as `authorization: Bearer`. */
  token?: string | null
  /** How the console is reached by whoever asks: `https://console.example.org/mq`. */
  at?: string
}
/** Somebody as the provider tells them, with the role that their groups come to. */
export interface Identity {
  subject: string
  name: string
  role: string
  /** To be shown to the provider at the sign-out; sealed. */
  hint: string
}
/** The provider people sign in at. */
export interface OidcDesk {
  /** Given at the start: it cannot be changed here. */
  readonly fixed: boolean
  /** What the button says; null: nobody signs in that way. */
  label(): string | null
  settings(): view.OidcSettings | null
  put(input: OidcPutInput): Promise<void>
  remove(): Promise<void>
  /** Whether it answers, and what with. */
  test(input: OidcPutInput): Promise<view.OidcTest>
  /** Where a sign-out goes on to at the provider; null: it has no such place, or gives no answer. */
  endAddress(hint: string, backTo: string): Promise<string | null>
}
export interface SignedIn {
  userId: number
  sessionId: string
  me: view.Me
}
export interface AccessDesk {
  isSetUp(): Promise<boolean>
  who(caller: Caller): Promise<SignedIn | null>
  /** Both answer with the session's secret, for the cookie. */
  setup(input: SetupInput, caller: Caller): Promise<{ me: view.Me; session: string }>
  login(name: string, password: string, caller: Caller): Promise<{ me: view.Me; session: string }>
  /** Lets somebody in whom the provider has sent; makes their account, and gives it their role. Throws SignOnError. */
  admit(identity: Identity, caller: Caller): Promise<{ me: view.Me; session: string }>
  /** What the provider wants to see, when the session came from there. */
  logout(caller: Caller): Promise<string | null>
  settings(userId: number, change: SettingsInput): Promise<view.Settings>
  changePassword(
    userId: number,
    change: { current: string; next: string },
    keepSession: string,
    caller: Caller,
  ): Promise<void>
  /** Shows the console with the rights of a role or an account from now on; null: with one's own again. */
  tryAs(by: SignedIn, as: view.TryAs | null): Promise<void>
  sessions(userId: number, currentId: string): Promise<view.SessionRow[]>
  revoke(userId: number, sessionId: string): Promise<void>
  readonly people: PeopleDesk
}
/** Accounts, roles and tokens. `by` is who asks. */
export interface PeopleDesk {
  users(by: SignedIn): Promise<view.UserRow[]>
  nameOf(userId: number): Promise<string | undefined>
  createUser(input: UserCreateInput): Promise<void>
  updateUser(input: UserUpdateInput, by: SignedIn): Promise<void>
  setPassword(userId: number, password: string): Promise<void>
  deleteUser(userId: number, confirm: string, by: SignedIn): Promise<void>
  endSessions(userId: number): Promise<void>
  roles(): Promise<view.RoleRow[]>
  putRole(input: RolePutInput): Promise<void>
  deleteRole(name: string, confirm: string): Promise<void>
  whoMay(right: Right, where: { cluster: string; name: string | null }): Promise<view.MayRow[]>
  /** Of everybody, or of one account. */
  tokens(ownerId: number | null): Promise<view.TokenRow[]>
  /** The secret is told here and never again. */
  createToken(input: TokenCreateInput, by: SignedIn): Promise<{ id: string; secret: string }>
  revokeToken(id: string, ownerId: number | null): Promise<void>
}
/** What somebody sends again and again; each sees their own. */
export interface TemplateDesk {
  list(userId: number, kind: TemplatePutInput['kind']): Promise<view.SendTemplate[]>
  /** One of the same name takes its place. */
  put(userId: number, input: TemplatePutInput): Promise<void>
  remove(userId: number, id: string): Promise<void>
}
export interface AuditEntry {
  who: string
  from: string
  cluster: string | null
  action: string
  object: string | null
  before?: string | null
  after?: string | null
  reason?: string | null
  result: 'ok' | 'partial' | 'failed'
  error?: string | null
  tookMs: number
}
/** Whose lines are seen: their own, and those of the clusters whose log they may read. Null: all. */
export type AuditView = null | { who: string; clusters: readonly string[] }
export interface AuditDesk {
  /** Comes back at once; lines go into the file in their order, a little later. */
  write(entry: AuditEntry): Promise<void>
  /** Throws a DeskError when too many lines wait for a file that cannot be written: what leaves a line is not begun then. */
  mustBeWritable(): Promise<void>
  list(input: AuditListInput, seen: AuditView): Promise<view.Page<view.AuditRow>>
  /** All that match, newest first. */
  lines(input: AuditFilter, seen: AuditView): AsyncIterable<view.AuditRow>
  /** Computes the chain of lines again. */
  verify(): Promise<view.AuditProof>
  /** Everything that waits is in the file. */
  close(): Promise<void>
}
/** The console's state as a file that somebody takes away. */
export interface BackupDesk {
  /** `discard` when it was handed over; until then no other one is made. */
  make(): Promise<{ file: string; name: string; discard: () => void }>
}
export interface ConsoleDesk {
  readonly version: string
  /** It was started with a token for /metrics. */
  readonly servesMetrics: boolean
  readonly cookieName: string
  readonly access: AccessDesk
  readonly audit: AuditDesk
  readonly clusters: ClustersDesk
  readonly notify: NotifyDesk
  readonly templates: TemplateDesk
  readonly masking: MaskingDesk
  readonly oidc: OidcDesk
  readonly backups: BackupDesk
}
