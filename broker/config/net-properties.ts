// broker/config/net-properties.ts: properties of Apache 5.5.0's NettyServerConfig, NettyClientConfig, AuthConfig
// and TlsSystemConfig.
import { availableParallelism } from 'node:os'
import {
  between,
  choice,
  differs,
  flag,
  host,
  identity,
  int,
  long,
  matching,
  type PropertyTable,
  requestCodes,
  text,
  unset,
} from './property'
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

/** AuthConfig: read at a start only, and listed by nobody: secrets are among them. */
export const authProperties = {
  configName: unset(no.authClasses),
  clusterName: unset(no.authCluster),
  authConfigPath: unset(no.authFile),
  authenticationEnabled: flag(false),
  authenticationProvider: unset(no.authClasses),
  authenticationMetadataProvider: unset(no.authClasses),
  authenticationStrategy: unset(no.authEach),
  authenticationWhitelist: unset(requestCodes),
  initAuthenticationUser: unset(),
  innerClientAuthenticationCredentials: unset(),
  authorizationEnabled: flag(false),
  authorizationProvider: unset(no.authClasses),
  authorizationMetadataProvider: unset(no.authClasses),
  authorizationStrategy: unset(no.authEach),
  authorizationWhitelist: unset(requestCodes),
  migrateAuthFromV1Enabled: flag(false, no.authMigration),
  userCacheMaxNum: int(1000, no.authCaches),
  userCacheExpiredSecond: int(600, no.authCaches),
  userCacheRefreshSecond: int(60, no.authCaches),
  aclCacheMaxNum: int(1000, no.authCaches),
  aclCacheExpiredSecond: int(600, no.authCaches),
  aclCacheRefreshSecond: int(60, no.authCaches),
  statefulAuthenticationCacheMaxNum: int(10_000, no.authCaches),
  statefulAuthenticationCacheExpiredSecond: int(60, no.authCaches),
  statefulAuthorizationCacheMaxNum: int(10_000, no.authCaches),
  statefulAuthorizationCacheExpiredSecond: int(60, no.authCaches),
} satisfies PropertyTable

/** TlsSystemConfig. Apache takes these as -D properties of its JVM or from a file; here they stand among the others. */
export const tlsProperties = {
  'tls.server.mode': choice('permissive', ['disabled', 'permissive', 'enforcing']),
  'tls.test.mode.enable': flag(true, no.tlsTest),
  'tls.config.file': unset(identity, no.tlsFile),
  'tls.server.need.client.auth': choice('none', ['none', 'optional', 'require']),
  'tls.server.keyPath': unset(identity),
  'tls.server.keyPassword': unset(),
  'tls.server.certPath': unset(identity),
  'tls.server.authClient': flag(false),
  'tls.server.trustCertPath': unset(identity),
  'tls.enable': flag(false),
  'tls.client.keyPath': unset(identity),
  'tls.client.keyPassword': unset(),
  'tls.client.certPath': unset(identity),
  'tls.client.authServer': flag(false),
  'tls.client.trustCertPath': unset(identity),
  'tls.ciphers': unset(no.tlsChoice),
  'tls.protocols': unset(no.tlsChoice),
} satisfies PropertyTable

/** Where the HTTP address service is; -D properties of Apache's JVM. */
export const addressProperties = {
  'rocketmq.namesrv.domain': text('jmenv.tbsite.net', identity, host),
  'rocketmq.namesrv.domain.subgroup': text('nsaddr', identity, matching(/^[\w-]+$/, 'letters, digits, _ and -')),
} satisfies PropertyTable
