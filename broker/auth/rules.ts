// broker/auth/rules.ts: what each request asks for, a row per code: a kind of resource, the actions of which one is enough,
// and the fields that name the resources. As Apache 5.5.0 declares it on its headers; rows of `ours` are requests that change
// something and that Apache lets every user pass. Requests whose needs lie in their bodies are in needs.ts.
import { RequestCode as C, OwnRequestCode } from '../protocol/codes'
import type { Action, Need } from './types'

type Kind = Need['kind']
export interface FieldRule {
  readonly field: string
  readonly kind: Kind
  /** Several names in one field. */
  readonly splitBy?: string
}
export interface Rule {
  /** What is asked for when no field names anything. */
  readonly otherwise: 'Cluster' | undefined
  readonly actions: readonly Action[]
  readonly fields: readonly FieldRule[]
}

const topic = (field = 'topic'): FieldRule => ({ field, kind: 'Topic' })
const group = (field = 'consumerGroup'): FieldRule => ({ field, kind: 'Group' })
const clusterOf = (field = 'clusterName'): FieldRule => ({ field, kind: 'Cluster' })
const on = (actions: readonly Action[], ...fields: readonly FieldRule[]): Rule => ({
  otherwise: undefined,
  actions,
  fields,
})
const onCluster = (actions: readonly Action[], ...fields: readonly FieldRule[]): Rule => ({
  otherwise: 'Cluster',
  actions,
  fields,
})
const read = onCluster(['Get'])
const change = onCluster(['Update'])

const apache: Readonly<Record<number, Rule>> = {
  [C.UPDATE_AND_CREATE_TOPIC]: on(['Create'], topic()),
  [C.SEARCH_OFFSET_BY_TIMESTAMP]: on(['Get'], topic()),
  [C.GET_MAX_OFFSET]: on(['Get'], topic()),
  [C.GET_MIN_OFFSET]: on(['Get'], topic()),
  [C.GET_EARLIEST_MSG_STORETIME]: on(['Get'], topic()),
  [C.VIEW_MESSAGE_BY_ID]: on(['Get'], topic()),
  [C.CHECK_TRANSACTION_STATE]: on(['Pub'], topic()),
  [C.NOTIFY_CONSUMER_IDS_CHANGED]: on(['Sub'], group()),
  [C.PUT_KV_CONFIG]: change,
  [C.GET_KV_CONFIG]: read,
  [C.DELETE_KV_CONFIG]: change,
  [C.REGISTER_BROKER]: onCluster(['Update'], clusterOf()),
  [C.UNREGISTER_BROKER]: onCluster(['Update'], clusterOf()),
  [C.GET_TOPIC_STATS_INFO]: on(['Get'], topic()),
  [C.GET_CONSUMER_CONNECTION_LIST]: on(['Get'], group()),
  [C.GET_PRODUCER_CONNECTION_LIST]: read,
  [C.WIPE_WRITE_PERM_OF_BROKER]: change,
  [C.DELETE_SUBSCRIPTIONGROUP]: on(['Delete'], group('groupName')),
  [C.GET_CONSUME_STATS]: on(['Get'], group(), topic(), { ...topic('topicList'), splitBy: ';' }),
  [C.DELETE_TOPIC_IN_BROKER]: on(['Delete'], topic()),
  [C.DELETE_TOPIC_IN_NAMESRV]: onCluster(['Update'], clusterOf()),
  [C.REGISTER_TOPIC_IN_NAMESRV]: change,
  [C.GET_KVLIST_BY_NAMESPACE]: read,
  [C.INVOKE_BROKER_TO_RESET_OFFSET]: on(['Update'], group('group'), topic()),
  [C.INVOKE_BROKER_TO_GET_CONSUMER_STATUS]: on(['Get'], topic(), group('group')),
  [C.QUERY_TOPIC_CONSUME_BY_WHO]: on(['Get'], topic()),
  [C.QUERY_CONSUME_TIME_SPAN]: on(['Get'], topic(), group('group')),
  [C.GET_CONSUMER_RUNNING_INFO]: on(['Get'], group()),
  [C.QUERY_CORRECTION_OFFSET]: on(['Get'], { ...group('filterGroups'), splitBy: ',' }, group('compareGroup'), topic()),
  [C.CONSUME_MESSAGE_DIRECTLY]: on(['Sub'], group(), topic()),
  [C.CLONE_GROUP_OFFSET]: on(['Update'], group('destGroup'), topic()),
  [C.VIEW_BROKER_STATS_DATA]: read,
  [C.GET_BROKER_CONSUME_STATS]: read,
  [C.QUERY_CONSUME_QUEUE]: on(['Get'], topic(), group()),
  [C.QUERY_DATA_VERSION]: onCluster(['Get'], clusterOf()),
  [C.RESUME_CHECK_HALF_MESSAGE]: on(['Update'], topic()),
  [C.PUSH_REPLY_MESSAGE_TO_CLIENT]: on(['Sub'], group('producerGroup'), topic()),
  [C.ADD_WRITE_PERM_OF_BROKER]: change,
  [C.GET_ALL_PRODUCER_INFO]: read,
  [C.QUERY_TOPICS_BY_CONSUMER]: on(['Get'], group('group')),
  [C.QUERY_SUBSCRIPTION_BY_CONSUMER]: on(['Get'], group('group'), topic()),
  [C.GET_TOPIC_CONFIG]: on(['Get'], topic()),
  [C.GET_SUBSCRIPTIONGROUP_CONFIG]: on(['Get'], group('group')),
  [C.UPDATE_AND_GET_GROUP_FORBIDDEN]: on(['Update'], group('group'), topic()),
  354: on(['Get'], topic()), // how far RocksDB is
  355: read, // exports RocksDB's tables
  [C.GET_BROKER_MEMBER_GROUP]: on(['Get'], clusterOf()),
  902: change, // adds a broker to a container
  903: onCluster(['Update'], clusterOf('brokerClusterName')),
  [C.BROKER_HEARTBEAT]: onCluster(['Update'], clusterOf()),
  [C.NOTIFY_MIN_BROKER_ID_CHANGE]: change,
  [C.EXCHANGE_BROKER_HA_INFO]: change,
  [C.RESET_MASTER_FLUSH_OFFSET]: change,
  // the controller's
  1001: change,
  1002: onCluster(['Update'], clusterOf()),
  1003: onCluster(['Update'], clusterOf()),
  1004: read,
  1008: change,
  1011: onCluster(['Update'], clusterOf()),
  1012: onCluster(['Get'], clusterOf()),
  1013: onCluster(['Update'], clusterOf()),
  // users and policies
  3001: change,
  3002: change,
  3003: change,
  3004: read,
  3005: read,
  3006: change,
  3007: change,
  3008: change,
  3009: read,
  3010: read,
  [C.POP_MESSAGE]: on(['Sub'], group(), topic()),
  [C.ACK_MESSAGE]: on(['Sub'], group(), topic()),
  [C.PEEK_MESSAGE]: on(['Sub'], topic(), group()),
  [C.CHANGE_MESSAGE_INVISIBLETIME]: on(['Sub'], group(), topic()),
  [C.NOTIFICATION]: on(['Sub'], group(), topic()),
  [C.POLLING_INFO]: on(['Get'], group(), topic()),
}

const ours: Readonly<Record<number, Rule>> = {
  [C.UPDATE_BROKER_CONFIG]: change,
  [C.UPDATE_NAMESRV_CONFIG]: change,
  [C.CLEAN_EXPIRED_CONSUMEQUEUE]: change,
  [C.CLEAN_UNUSED_TOPIC]: change,
  [C.DELETE_EXPIRED_COMMITLOG]: change,
  [C.UPDATE_AND_CREATE_STATIC_TOPIC]: on(['Create'], topic()),
  [C.LITE_PULL_MESSAGE]: on(['Sub'], group(), topic()),
  1009: change, // the controller's settings
  [C.UPDATE_COLD_DATA_FLOW_CTR_CONFIG]: change,
  [C.REMOVE_COLD_DATA_FLOW_CTR_CONFIG]: change,
  [C.GET_COLD_DATA_FLOW_CTR_INFO]: read, // it names groups
  [C.SET_COMMITLOG_READ_MODE]: change,
  [OwnRequestCode.SET_FILTER_SCRIPT]: on(['Update'], group('group')),
  [OwnRequestCode.REMOVE_FILTER_SCRIPT]: on(['Update'], group('group')),
  [OwnRequestCode.GET_FILTER_SCRIPTS]: onCluster(['Get'], group('group')),
  [OwnRequestCode.TRY_FILTER_SCRIPT]: on(['Update'], group('group')), // it runs what is sent, as 9101 will
  5001: change, // the timer's engine
  200056: change,
}

export const rules: Readonly<Record<number, Rule>> = { ...apache, ...ours }

/** Whether a request is a tool's, which changes something: ACL 1.0 leaves it to administrators. */
export const changesSomething = (code: number): boolean =>
  bodyChanges.has(code) || (rules[code]?.actions.some((action) => changing.has(action)) ?? false)
const changing: ReadonlySet<Action> = new Set(['Create', 'Update', 'Delete'])
const bodyChanges: ReadonlySet<number> = new Set([
  C.UPDATE_AND_CREATE_TOPIC_LIST,
  C.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP,
  C.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST,
  C.SET_MESSAGE_REQUEST_MODE,
])
