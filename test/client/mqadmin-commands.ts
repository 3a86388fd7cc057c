// test/client/mqadmin-commands.ts: what mqadmin is asked, of Apache and of ours alike, on the content of AdminContent.java.
// A row per command line. Nothing here starts anything.

export interface Side {
  namesrv: string
  broker: string
  /** [unique key, offset id] of each message. */
  ids: readonly (readonly [string, string])[]
  /** A folder that commands may write into or read from. */
  folder: string
}
export interface Asked {
  name: string
  line: (side: Side) => readonly string[]
  /** The order of lines is a table's own: hash order there, order of arrival here. */
  anyOrder?: true
  /** Figures that depend on speed and moment: numbers with a fraction are masked. */
  rates?: true
  /** Only the part of each line before `=` or `:` is compared, because the values are each side's own. */
  namesOnly?: true | undefined
  /** Lines that only one side has, and why. */
  leaveOut?: { lines: RegExp; because: string }
  /** The 15 that issue texts name: any difference fails the test. */
  must?: true
  /** Why the outputs differ, when they may. */
  mayDiffer?: { because: string; ours: RegExp }
}

const cluster = 'DefaultCluster'
const id = (side: Side, index: number, which: 0 | 1): string => side.ids[index]?.[which] ?? ''

const ownFigures = { lines: /\b(?:flushLatency99|connectionCount)$/, because: 'ours tells two figures more' }
const noHomeNorProvider = {
  lines: /^(rocketmqHome|auth\w+MetadataProvider|auth\w+Enabled|enableTopicMessageTypeCheck)/,
  because:
    'this server has no home folder, no class that keeps users can be named, it tells whether access control is on, and it checks types of messages itself',
}
const noHome = { lines: /^rocketmqHome/, because: 'this server has no home folder' }

const unsupported = { because: 'ours says why it is not supported', ours: /not supported/ }

const noRetry = {
  lines: /^%RETRY%/,
  because: 'a consumer commits its place in an empty retry queue after some 15 to 60 s',
}

export const setUp: readonly Asked[] = [
  row('updateTopic', ['-c', cluster, '-t', 'AdminTopic', '-r', '4', '-w', '4'], { must: true }),
  row('updateTopic-fifo', ['-c', cluster, '-t', 'FifoTopic', '-r', '3', '-w', '3', '-a', '+message.type=FIFO'], {
    command: 'updateTopic',
    must: true,
  }),
  row('updateTopic-badname', ['-c', cluster, '-t', 'bad/name'], { command: 'updateTopic' }),
  row('updateTopic-attribute', ['-c', cluster, '-t', 'AttributeTopic', '-a', '+nonsense=1'], {
    command: 'updateTopic',
  }),
  row('updateTopic-system', ['-c', cluster, '-t', 'TBW102'], { command: 'updateTopic' }),
  row('updateSubGroup', ['-c', cluster, '-g', 'left-group', '-d', 'true'], { must: true }),
  row('updateSubGroup-changed', ['-c', cluster, '-g', 'other-group', '-r', '3', '-q', '2'], {
    command: 'updateSubGroup',
    must: true,
  }),
]

export const questions: readonly Asked[] = [
  // First: the sums come from the last minute until the first hour's sample is taken.
  row('statsAll', [], { rates: true, anyOrder: true }),
  row('statsAll-topic', ['-t', 'AdminTopic'], { command: 'statsAll', rates: true }),
  row('clusterList', [], { must: true, rates: true }),
  row('clusterList-more', ['-m'], { command: 'clusterList', must: true }),
  row('topicList', [], { must: true, anyOrder: true }),
  row('topicList-cluster', ['-c'], { command: 'topicList', must: true, anyOrder: true }),
  row('topicRoute', ['-t', 'AdminTopic'], { must: true }),
  row('topicRoute-list', ['-t', 'AdminTopic', '-l'], { command: 'topicRoute', must: true }),
  row('topicRoute-none', ['-t', 'NoSuchTopic'], { command: 'topicRoute', must: true }),
  row('topicStatus', ['-t', 'AdminTopic'], { must: true }),
  row('topicClusterList', ['-t', 'AdminTopic']),
  row('consumerProgress', [], { must: true, rates: true, anyOrder: true }),
  row('consumerProgress-online', ['-g', 'admin-group'], {
    command: 'consumerProgress',
    must: true,
    rates: true,
    leaveOut: noRetry,
  }),
  row('consumerProgress-clients', ['-g', 'admin-group', '-s', 'true'], {
    command: 'consumerProgress',
    must: true,
    rates: true,
    leaveOut: noRetry,
  }),
  row('consumerProgress-left', ['-g', 'left-group'], {
    command: 'consumerProgress',
    must: true,
    rates: true,
    leaveOut: noRetry,
  }),
  row('consumerProgress-none', ['-g', 'no-such-group'], { command: 'consumerProgress', must: true }),
  row('consumerConnection', ['-g', 'admin-group'], { must: true }),
  row('consumerConnection-none', ['-g', 'left-group'], { command: 'consumerConnection', must: true }),
  row('producerConnection', ['-g', 'admin-producer', '-t', 'AdminTopic'], { must: true }),
  row('producerConnection-none', ['-g', 'nobody', '-t', 'AdminTopic'], { command: 'producerConnection', must: true }),
  row('producer', (side) => ['-b', side.broker], { anyOrder: true }),
  row('consumerStatus', ['-g', 'admin-group'], { rates: true }),
  row('queryMsgById-offset', (side) => ['-t', 'AdminTopic', '-i', id(side, 7, 1)], {
    command: 'queryMsgById',
    must: true,
  }),
  row('queryMsgById-unique', (side) => ['-t', 'AdminTopic', '-i', id(side, 7, 0)], {
    command: 'queryMsgById',
    must: true,
  }),
  row('queryMsgById-none', ['-t', 'AdminTopic', '-i', '7F000001000000000000000000000000'], {
    command: 'queryMsgById',
    must: true,
  }),
  row('queryMsgByKey', ['-t', 'AdminTopic', '-k', 'key-7'], { must: true }),
  row('queryMsgByKey-none', ['-t', 'AdminTopic', '-k', 'no-such-key'], { command: 'queryMsgByKey', must: true }),
  row('queryMsgByUniqueKey', (side) => ['-t', 'AdminTopic', '-i', id(side, 9, 0)]),
  row('queryMsgByOffset', ['-t', 'AdminTopic', '-b', 'broker-a', '-i', '2', '-o', '3'], { must: true }),
  row('queryMsgByOffset-none', ['-t', 'AdminTopic', '-b', 'broker-a', '-i', '2', '-o', '300'], {
    command: 'queryMsgByOffset',
    must: true,
  }),
  row('brokerStatus', (side) => ['-b', side.broker], { must: true, namesOnly: true, leaveOut: ownFigures }),
  row('brokerStatus-cluster', ['-c', cluster], {
    command: 'brokerStatus',
    must: true,
    namesOnly: true,
    leaveOut: ownFigures,
  }),
  row('getBrokerConfig', (side) => ['-b', side.broker], {
    namesOnly: true,
    anyOrder: true,
    leaveOut: noHomeNorProvider,
  }),
  row('getNamesrvConfig', [], { namesOnly: true, anyOrder: true, leaveOut: noHome }),
  row('brokerConsumeStats', (side) => ['-b', side.broker], { anyOrder: true, leaveOut: noRetry }),
  row('queryCq', (side) => ['-t', 'AdminTopic', '-q', '1', '-i', '2', '-c', '3', '-b', side.broker]),
  row('queryCq-group', (side) => ['-t', 'AdminTopic', '-q', '1', '-i', '2', '-g', 'admin-group', '-b', side.broker], {
    command: 'queryCq',
  }),
  row('queryCq-none', (side) => ['-t', 'AdminTopic', '-q', '9', '-i', '0', '-b', side.broker], { command: 'queryCq' }),
  row('printMsg', ['-t', 'AdminTopic', '-d', 'true']),
  row('printMsgByQueue', ['-t', 'AdminTopic', '-a', 'broker-a', '-i', '1', '-p', 'true', '-f', 'true']),
  row('consumeMessage', ['-t', 'AdminTopic', '-b', 'broker-a', '-i', '0', '-o', '2', '-c', '3', '-g', 'left-group']),
  row('haStatus', (side) => ['-b', side.broker]),
  row('getConsumerConfig', ['-g', 'left-group']),
  row('allocateMQ', ['-t', 'AdminTopic', '-i', '10.0.0.1,10.0.0.2']),
  row('getBrokerEpoch', (side) => ['-b', side.broker]),
  row('queryMsgTraceById', (side) => ['-i', id(side, 7, 0)]),
  row('exportMetadata', (side) => ['-b', side.broker, '-f', side.folder]),
  row('exportConfigs', (side) => ['-c', cluster, '-f', side.folder]),
  row('exportMetrics', (side) => ['-c', cluster, '-f', side.folder]),
  row('addBroker', (side) => ['-c', side.broker, '-b', `${side.folder}/none.conf`], {
    mayDiffer: unsupported,
  }),
  row('removeBroker', (side) => ['-c', side.broker, '-b', `${cluster}:broker-b:0`], {
    mayDiffer: unsupported,
  }),
  row('getUser', (side) => ['-b', side.broker, '-u', 'nobody']),
  row('listUser', (side) => ['-b', side.broker]),
  row('listAcl', (side) => ['-b', side.broker]),
]

export const changes: readonly Asked[] = [
  auth('createUser', ['-u', 'alice', '-p', 'alice-secret']),
  auth('createUser-super', ['-u', 'root', '-p', 'root-secret', '-t', 'Super'], 'createUser'),
  auth('createUser-again', ['-u', 'alice', '-p', 'x'], 'createUser'),
  auth('updateUser', ['-u', 'alice', '-s', 'disable'], 'updateUser'),
  auth('updateUser-none', ['-u', 'bob', '-p', 'x'], 'updateUser'),
  auth('getUser-there', ['-u', 'alice'], 'getUser'),
  auth('listUser-all', [], 'listUser'),
  auth('listUser-some', ['-f', 'ali'], 'listUser'),
  auth('createAcl', ['-s', 'User:alice', '-r', 'Topic:*,Group:G*', '-a', 'Pub,Sub', '-d', 'Allow', '-i', '10.0.0.0/8']),
  auth('createAcl-none', ['-s', 'User:bob', '-r', 'Topic:T', '-a', 'Pub', '-d', 'Allow'], 'createAcl'),
  auth('createAcl-ip', ['-s', 'User:alice', '-r', 'Topic:T', '-a', 'Pub', '-d', 'Allow', '-i', '1.2.3'], 'createAcl'),
  auth('createAcl-any', ['-s', 'User:alice', '-r', 'Topic:T', '-a', 'Any', '-d', 'Allow'], 'createAcl'),
  auth('updateAcl', ['-s', 'User:alice', '-r', 'Topic:T', '-a', 'All', '-d', 'Deny']),
  auth('getAcl', ['-s', 'User:alice']),
  auth('getAcl-none', ['-s', 'User:bob'], 'getAcl'),
  auth('listAcl-all', [], 'listAcl'),
  auth('listAcl-some', ['-s', 'alice', '-r', 'Group'], 'listAcl'),
  auth('deleteAcl-one', ['-s', 'User:alice', '-r', 'Topic:T'], 'deleteAcl'),
  auth('deleteAcl-rest', ['-s', 'User:alice'], 'deleteAcl'),
  auth('deleteAcl-none', ['-s', 'User:alice'], 'deleteAcl'),
  auth('deleteUser', ['-u', 'alice']),
  auth('deleteUser-none', ['-u', 'alice'], 'deleteUser'),
  auth('listUser-left', [], 'listUser'),
  row('updateTopicPerm', ['-c', cluster, '-t', 'FifoTopic', '-p', '4']),
  row('topicRoute-perm', ['-t', 'FifoTopic'], { command: 'topicRoute' }),
  row('updateKvConfig', ['-s', 'SPACE', '-k', 'a', '-v', 'b']),
  row('deleteKvConfig', ['-s', 'SPACE', '-k', 'a']),
  row('updateOrderConf', ['-t', 'AdminTopic', '-m', 'put', '-v', 'broker-a:4']),
  row('updateOrderConf-get', ['-t', 'AdminTopic', '-m', 'get'], { command: 'updateOrderConf' }),
  row('updateOrderConf-delete', ['-t', 'AdminTopic', '-m', 'delete'], { command: 'updateOrderConf' }),
  row('wipeWritePerm', ['-b', 'broker-a']),
  row('topicRoute-wiped', ['-t', 'AdminTopic'], { command: 'topicRoute' }),
  row('addWritePerm', ['-b', 'broker-a']),
  row('topicRoute-added', ['-t', 'AdminTopic'], { command: 'topicRoute' }),
  row('cleanExpiredCQ', (side) => ['-b', side.broker]),
  row('deleteExpiredCommitLog', (side) => ['-b', side.broker]),
  row('cleanUnusedTopic', (side) => ['-b', side.broker]),
  row('updateBrokerConfig', (side) => ['-b', side.broker, '-k', 'longPollingEnable', '-v', 'true']),
  row('updateBrokerConfig-path', (side) => ['-b', side.broker, '-k', 'brokerConfigPath', '-v', '/tmp/x'], {
    command: 'updateBrokerConfig',
  }),
  row('updateNamesrvConfig', ['-k', 'needWaitForService', '-v', 'false']),
  row('updateNamesrvConfig-path', ['-k', 'kvConfigPath', '-v', '/tmp/x'], { command: 'updateNamesrvConfig' }),
  row('resetOffsetByTime', ['-g', 'left-group', '-t', 'AdminTopic', '-s', '0'], { must: true, anyOrder: true }),
  row('consumerProgress-reset', ['-g', 'left-group'], {
    command: 'consumerProgress',
    must: true,
    rates: true,
    leaveOut: noRetry,
  }),
  row('resetOffsetByTime-online', ['-g', 'admin-group', '-t', 'AdminTopic', '-s', 'now'], {
    command: 'resetOffsetByTime',
    must: true,
    anyOrder: true,
  }),
  row(
    'resetOffsetByTime-queue',
    (side) => ['-g', 'left-group', '-t', 'AdminTopic', '-s', '-1', '-b', side.broker, '-q', '1', '-o', '5'],
    { command: 'resetOffsetByTime', must: true, anyOrder: true },
  ),
  row('resetOffsetByTime-none', ['-g', 'no-such-group', '-t', 'AdminTopic', '-s', '0'], {
    command: 'resetOffsetByTime',
    must: true,
    anyOrder: true,
  }),
  row('skipAccumulatedMessage', ['-g', 'left-group', '-t', 'AdminTopic'], { anyOrder: true }),
  row('cloneGroupOffset', ['-s', 'left-group', '-d', 'cloned-group', '-t', 'AdminTopic', '-o', 'true'], {
    anyOrder: true,
  }),
  row('sendMessage', [
    '-t',
    'AdminTopic',
    '-p',
    'a body',
    '-k',
    'sent-key',
    '-c',
    'sent-tag',
    '-b',
    'broker-a',
    '-i',
    '3',
  ]),
  row('sendMsgStatus', ['-b', 'broker-a', '-s', '64', '-c', '2'], { rates: true }),
  row('checkMsgSendRT', ['-t', 'AdminTopic', '-a', '3', '-s', '64'], { rates: true }),
  row('updateStaticTopic', ['-t', 'StaticTopic', '-qn', '2', '-b', 'broker-a']),
  row('topicRoute-static', ['-t', 'StaticTopic'], { command: 'topicRoute' }),
  row('updateColdDataFlowCtrGroupConfig', (side) => ['-b', side.broker, '-g', 'left-group', '-v', '1000']),
  row('getColdDataFlowCtrInfo', (side) => ['-b', side.broker]),
  row('deleteSubGroup', ['-c', cluster, '-g', 'other-group', '-r', 'true']),
  row('getConsumerConfig-deleted', ['-g', 'other-group'], { command: 'getConsumerConfig' }),
  row('deleteTopic', ['-c', cluster, '-t', 'FifoTopic'], { must: true }),
  row('topicRoute-deleted', ['-t', 'FifoTopic'], { command: 'topicRoute', must: true }),
  row('topicList-deleted', [], { command: 'topicList', must: true, anyOrder: true }),
]

/** The rest of the 96, which few use: only in the long run. */
export const rare: readonly Asked[] = [
  row('DecodeMessageId', (side) => ['-i', id(side, 7, 0)]),
  row('consumer', ['-g', 'admin-group'], { anyOrder: true }),
  row('getConsumerStatus', ['-g', 'admin-group', '-t', 'AdminTopic']),
  row('resetOffsetByTimeOld', ['-g', 'left-group', '-t', 'AdminTopic', '-s', 'now', '-f', 'true'], { anyOrder: true }),
  row('setConsumeMode', (side) => ['-b', side.broker, '-t', 'AdminTopic', '-g', 'left-group', '-m', 'POP', '-q', '2']),
  row('updateTopicList', (side) => ['-b', side.broker, '-f', `${side.folder}/topics-given.json`]),
  row('topicRoute-listed', ['-t', 'ListedTopic'], { command: 'topicRoute' }),
  row('updateSubGroupList', (side) => ['-b', side.broker, '-f', `${side.folder}/groups-given.json`]),
  row('getConsumerConfig-listed', ['-g', 'listed-group'], { command: 'getConsumerConfig' }),
  row('topicStatus-static', ['-t', 'StaticTopic'], { command: 'topicStatus' }),
  row('remappingStaticTopic', ['-t', 'StaticTopic', '-b', 'broker-a']),
  row('updateStaticTopic-more', ['-t', 'StaticTopic', '-qn', '3', '-b', 'broker-a'], { command: 'updateStaticTopic' }),
  row('updateStaticTopic-fewer', ['-t', 'StaticTopic', '-qn', '1', '-b', 'broker-a'], { command: 'updateStaticTopic' }),
  row('updateStaticTopic-plain', ['-t', 'AdminTopic', '-qn', '9', '-b', 'broker-a'], { command: 'updateStaticTopic' }),
  row('removeColdDataFlowCtrGroupConfig', (side) => ['-b', side.broker, '-g', 'left-group']),
  row('getColdDataFlowCtrInfo-removed', ['-c', cluster], { command: 'getColdDataFlowCtrInfo' }),
  row('setCommitLogReadAheadMode', (side) => ['-b', side.broker, '-m', '1']),
  row('setCommitLogReadAheadMode-back', (side) => ['-b', side.broker, '-m', '0'], {
    command: 'setCommitLogReadAheadMode',
  }),
  row('setCommitLogReadAheadMode-none', (side) => ['-b', side.broker, '-m', '5'], {
    command: 'setCommitLogReadAheadMode',
  }),
  row('resetMasterFlushOffset', (side) => ['-b', side.broker, '-o', '0']),
  row('copyUser', (side) => ['-f', side.broker, '-t', side.broker, '-u', 'root']),
  row('copyAcl', (side) => ['-f', side.broker, '-t', side.broker, '-s', 'User:root']),
  row('exportPopRecord', (side) => ['-b', side.broker, '-d', 'true'], { mayDiffer: unsupported }),
  row('exportMetadataInRocksDB', (side) => ['-p', `${side.folder}/none`, '-t', 'topics']),
  row('rocksDBConfigToJson', (side) => ['-b', side.broker, '-t', 'topics', '-p', `${side.folder}/none`]),
  row('checkRocksdbCqWriteProgress', ['-c', cluster], { mayDiffer: unsupported }),
  row('dumpCompactionLog', (side) => ['-f', `${side.folder}/none`]),
  row('getControllerConfig', (side) => ['-a', side.namesrv]),
  row('updateControllerConfig', (side) => ['-a', side.namesrv, '-k', 'scanNotActiveBrokerInterval', '-v', '5000']),
  row('getControllerMetaData', (side) => ['-a', side.namesrv]),
  row('getSyncStateSet', (side) => ['-a', side.namesrv, '-b', 'broker-a']),
  row('electMaster', (side) => ['-a', side.namesrv, '-b', '1', '-bn', 'broker-a', '-c', cluster]),
  row('cleanBrokerMetadata', (side) => ['-a', side.namesrv, '-b', '1', '-bn', 'broker-a', '-c', cluster]),
  // these two do not end by themselves
  row('clusterRT', ['-a', '1', '-s', '16', '-i', '100'], { rates: true }),
  row('startMonitoring', []),
]

/** Users and policies, of this one broker. */
function auth(name: string, args: readonly string[], command = name): Asked {
  return row(name, (side) => ['-b', side.broker, ...args], { command })
}

/** The command is the row's name unless it says otherwise; the name server goes into every line. */
function row(
  name: string,
  args: readonly string[] | ((side: Side) => readonly string[]),
  more: Omit<Asked, 'name' | 'line'> & { command?: string } = {},
): Asked {
  const { command = name, ...rest } = more
  const of = typeof args === 'function' ? args : () => args
  return { name, line: (side) => [command, '-n', side.namesrv, ...of(side)], ...rest }
}
