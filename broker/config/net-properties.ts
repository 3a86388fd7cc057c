// broker/config/net-properties.ts: properties of Apache 5.5.0's NettyServerConfig, NettyClientConfig and AuthConfig.
import { availableParallelism } from 'node:os'
import { between, differs, flag, host, identity, int, long, type PropertyTable, text, unset } from './property'
import { no } from './reasons'

/** Apache sizes its pools by it; shown with the defaults, used for nothing. */
const cores = availableParallelism()

/** NettyServerConfig, of brokers and name servers; its listenPort is in the table of the part. */
export const serverProperties = {
  bindAddress: text('127.0.0.1', identity, host, differs('0.0.0.0', 'a listener beyond loopback must be asked for')),
  serverWorkerThreads: int(8, no.netty),
  serverCallbackExecutorThreads: int(0, no.netty),
  serverSelectorThreads: int(3, no.netty),
  serverOnewaySemaphoreValue: int(256, no.netty),
  serverAsyncSemaphoreValue: int(64, no.netty),
  serverChannelMaxIdleTimeSeconds: int(120, between(1, 86_400)),
  serverSocketSndBufSize: int(0, no.netty),
  serverSocketRcvBufSize: int(0, no.netty),
  writeBufferHighWaterMark: int(0, no.netty),
  writeBufferLowWaterMark: int(0, no.netty),
  serverSocketBacklog: int(1024, no.netty),
  serverNettyWorkerGroupEnable: flag(true, no.netty),
  serverPooledByteBufAllocatorEnable: flag(true, no.netty),
  enableShutdownGracefully: flag(false, no.netty),
  shutdownWaitTimeSeconds: int(30, no.netty),
  useEpollNativeSelector: flag(false, no.netty),
} satisfies PropertyTable

/** NettyClientConfig; the buffer marks are those of the server. */
export const clientProperties = {
  clientWorkerThreads: int(4, no.netty),
  clientCallbackExecutorThreads: int(cores, no.netty),
  clientOnewaySemaphoreValue: int(65_535, no.netty),
  clientAsyncSemaphoreValue: int(65_535, no.netty),
  connectTimeoutMillis: int(3000, between(1, 600_000), no.netty),
  channelNotActiveInterval: long(60_000, no.netty),
  isScanAvailableNameSrv: flag(true, no.netty),
  clientChannelMaxIdleTimeSeconds: int(120, no.netty),
  clientSocketSndBufSize: int(0, no.netty),
  clientSocketRcvBufSize: int(0, no.netty),
  clientPooledByteBufAllocatorEnable: flag(false, no.netty),
  clientCloseSocketIfTimeout: flag(true, no.netty),
  useTLS: flag(false, no.netty),
  socksProxyConfig: text('{}', no.netty),
  disableCallbackExecutor: flag(false, no.netty),
  disableNettyWorkerGroup: flag(false, no.netty),
  maxReconnectIntervalTimeSeconds: long(60, no.netty),
  enableReconnectForGoAway: flag(true, no.netty),
} satisfies PropertyTable

/** AuthConfig: known, listed by nobody. */
export const authProperties = {
  configName: unset(no.acl),
  clusterName: unset(no.acl),
  authConfigPath: unset(no.acl),
  authenticationEnabled: flag(false, no.acl),
  authenticationProvider: unset(no.acl),
  authenticationMetadataProvider: unset(no.acl),
  authenticationStrategy: unset(no.acl),
  authenticationWhitelist: unset(no.acl),
  initAuthenticationUser: unset(no.acl),
  innerClientAuthenticationCredentials: unset(no.acl),
  authorizationEnabled: flag(false, no.acl),
  authorizationProvider: unset(no.acl),
  authorizationMetadataProvider: unset(no.acl),
  authorizationStrategy: unset(no.acl),
  authorizationWhitelist: unset(no.acl),
  migrateAuthFromV1Enabled: flag(false, no.acl),
  userCacheMaxNum: int(1000, no.acl),
  userCacheExpiredSecond: int(600, no.acl),
  userCacheRefreshSecond: int(60, no.acl),
  aclCacheMaxNum: int(1000, no.acl),
  aclCacheExpiredSecond: int(600, no.acl),
  aclCacheRefreshSecond: int(60, no.acl),
  statefulAuthenticationCacheMaxNum: int(10_000, no.acl),
  statefulAuthenticationCacheExpiredSecond: int(60, no.acl),
  statefulAuthorizationCacheMaxNum: int(10_000, no.acl),
  statefulAuthorizationCacheExpiredSecond: int(60, no.acl),
} satisfies PropertyTable
