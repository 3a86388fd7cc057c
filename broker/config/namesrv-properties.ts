// broker/config/namesrv-properties.ts: properties of Apache 5.5.0's NamesrvConfig and ControllerConfig, a row per key.
import { between, choice, flag, identity, int, live, long, type PropertyTable, text, unset } from './property'
import { no } from './reasons'

/** NamesrvConfig. */
export const namesrvProperties = {
  rocketmqHome: unset(identity),
  kvConfigPath: unset(identity),
  configStorePath: unset(identity),
  productEnvName: text('center', no.old),
  clusterTest: flag(false, live, no.old),
  orderMessageEnable: flag(false, live),
  returnOrderTopicConfigToBroker: flag(true, live),
  clientRequestThreadPoolNums: int(8, no.pools),
  defaultThreadPoolNums: int(16, no.pools),
  clientRequestThreadPoolQueueCapacity: int(50_000, no.queues),
  defaultThreadPoolQueueCapacity: int(10_000, no.queues),
  scanNotActiveBrokerInterval: long(5000, live, between(10, 600_000)),
  unRegisterBrokerQueueCapacity: int(3000, no.queues),
  supportActingMaster: flag(false, live),
  enableAllTopicList: flag(true, live),
  enableTopicList: flag(true, live),
  notifyMinBrokerIdChanged: flag(false, live),
  enableControllerInNamesrv: flag(false),
  needWaitForService: flag(false, live),
  waitSecondsForService: int(45, live, between(0, 3600)),
  deleteTopicWithBrokerRegistration: flag(false, live),
  configBlackList: text('configBlackList;configStorePath;kvConfigPath'),
  listenPort: int(9876, identity, between(1, 65535)),
} satisfies PropertyTable

/** ControllerConfig: of the controller inside the name server. */
export const controllerProperties = {
  jraftConfig: unset(no.old),
  controllerType: choice('DLedger', ['DLedger', 'jRaft'], no.consensus),
  controllerThreadPoolNums: int(16, no.pools),
  controllerRequestThreadPoolQueueCapacity: int(50_000, no.queues),
  controllerDLegerGroup: unset(no.dledger),
  controllerDLegerPeers: unset(no.dledger),
  controllerDLegerSelfId: unset(no.dledger),
  mappedFileSize: int(1_073_741_824, no.consensus),
  controllerStorePath: text('', identity),
  electMasterMaxRetryCount: int(3, no.consensus),
  enableElectUncleanMaster: flag(false, live),
  isProcessReadEvent: flag(false, no.consensus),
  notifyBrokerRoleChanged: flag(true, live),
  scanInactiveMasterInterval: long(5000, between(10, 600_000)),
  metricsExporterType: choice('DISABLE', ['DISABLE', 'OTLP_GRPC', 'PROM', 'LOG'], no.exporter),
  metricsGrpcExporterTarget: text('', no.exporter),
  metricsGrpcExporterHeader: text('', no.exporter),
  metricGrpcExporterTimeOutInMills: long(3000, no.exporter),
  metricGrpcExporterIntervalInMills: long(60_000, no.exporter),
  metricLoggingExporterIntervalInMills: long(10_000, no.exporter),
  metricsPromExporterPort: int(5557, no.exporter),
  metricsPromExporterHost: text('', no.exporter),
  metricsLabel: text('', no.exporter),
  metricsInDelta: flag(false, no.exporter),
} satisfies PropertyTable
