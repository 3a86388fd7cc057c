// broker/catalog/types.ts: what a broker must remember over a restart besides its messages: topics, groups, offsets. One
// thread owns each table and its file; others ask. Lookups cost the same however many topics and groups there are.
import type * as Bodies from '../protocol/bodies'

/** Moves on every change, so that others can see that their copy is old. */
export type DataVersion = Readonly<Bodies.DataVersion>
/** As in topics.json and in the registration with name servers. Never changed in place: `put` a new one. */
export type TopicConfig = Readonly<Bodies.TopicConfig>
/** As in subscriptionGroup.json. Never changed in place: `put` a new one. */
export type GroupConfig = Readonly<Bodies.SubscriptionGroupConfig>

/** Queues of this broker that are queues of static topics; see protocol/static-topic.ts. */
export interface StaticTopics {
  readonly size: number
  readonly version: DataVersion
  get(topic: string): Bodies.TopicQueueMappingDetail | undefined
  all(): Iterable<Bodies.TopicQueueMappingDetail>
  put(topic: string, detail: Bodies.TopicQueueMappingDetail): void
  remove(topic: string): boolean
  /** Takes a master's table and version as they are. */
  replaceAll(table: ReadonlyMap<string, Bodies.TopicQueueMappingDetail>, version: DataVersion): void
  saved(): Promise<void>
  close(): Promise<void>
}

export interface TopicCatalog {
  readonly size: number
  readonly version: DataVersion
  /** `renew` and wait for `saved` after a change. A topic that is removed takes its mapping along. */
  readonly mappings: StaticTopics
  get(topic: string): TopicConfig | undefined
  all(): Iterable<TopicConfig>
  /** Names that the broker needs for itself; prefix `rmq_sys_` counts too. */
  isSystem(topic: string): boolean
  readonly systemNames: ReadonlySet<string>
  /** Creates or replaces. False, and no new version, when nothing differs. */
  put(config: TopicConfig): boolean
  /** Several at once under one new version; answers with the names that differ from before. */
  putAll(configs: Iterable<TopicConfig>): string[]
  remove(topic: string): TopicConfig | undefined
  /** Takes a master's table and version as they are. */
  replaceAll(configs: Iterable<TopicConfig>, version: DataVersion): void
  /** What is registered with the topics has changed: a new version. */
  renew(): void
  /** A new master begins: its version is newer than any of the masters before. */
  begin(masterEpoch: number): void
  /** Resolves when all that was put so far is on disk. */
  saved(): Promise<void>
  /** Text of topics.json now. */
  toJson(): string
  close(): Promise<void>
}

export interface GroupCatalog {
  readonly size: number
  readonly version: DataVersion
  /** As it stands in the table; never creates. */
  peek(group: string): GroupConfig | undefined
  /** As heartbeat, pull, send-back and admin ask: creates an unknown valid group when the broker may. */
  get(group: string): GroupConfig | undefined
  all(): Iterable<GroupConfig>
  isSystem(group: string): boolean
  put(config: GroupConfig): boolean
  remove(group: string): GroupConfig | undefined
  replaceAll(configs: Iterable<GroupConfig>, version: DataVersion): void
  /** Code 353: may this group not read this topic (when its pulls carry no subscription)? */
  isForbidden(group: string, topic: string): boolean
  setForbidden(group: string, topic: string, forbidden: boolean): void
  /** group -> topic -> bits, as forbiddenTable shows it. */
  readonly forbidden: ReadonlyMap<string, ReadonlyMap<string, number>>
  saved(): Promise<void>
  toJson(): string
  close(): Promise<void>
}

export interface OffsetCatalog {
  readonly version: DataVersion
  /** Next offset to consume, or -1 when nothing was committed. */
  query(group: string, topic: string, queueId: number): number
  /** May go backwards. */
  commit(group: string, topic: string, queueId: number, queueOffset: number): void
  /** Where the last pull ended, for statistics; not kept on disk. -1 when unknown. */
  pulledTo(group: string, topic: string, queueId: number): number
  notePull(group: string, topic: string, queueId: number, queueOffset: number): void
  /** queueId -> offset of one topic, or undefined. */
  of(group: string, topic: string): ReadonlyMap<number, number> | undefined
  topicsOf(group: string): string[]
  groupsOf(topic: string): string[]
  /** Sets the committed offset and asks the next pull to start there. */
  reset(group: string, topic: string, queueId: number, queueOffset: number): void
  pendingReset(group: string, topic: string, queueId: number): number | undefined
  /** The pending reset, which is then done. */
  takeReset(group: string, topic: string, queueId: number): number | undefined
  remove(group: string, topic: string): void
  removeGroup(group: string): void
  removeTopic(topic: string): void
  /** Copies what `from` committed of the topic (of all its topics when undefined) to `to`. */
  clone(from: string, to: string, topic: string | undefined): void
  entries(): Iterable<{ group: string; topic: string; offsets: ReadonlyMap<number, number> }>
  replaceAll(table: Iterable<{ group: string; topic: string; offsets: ReadonlyMap<number, number> }>): void
  /** Writes consumerOffset.json if anything changed; also called by the table's own timer. */
  save(): Promise<void>
  toJson(): string
  close(): Promise<void>
}
