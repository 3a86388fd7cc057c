// broker/protocol/headers-namesrv.ts: the custom headers of what a name server is asked. See headers.ts.
import { bool, header, i32, i64, optional, orElse, text } from './header-table'

/** 105 GET_ROUTEINFO_BY_TOPIC. */
export const routeHeader = header({ topic: text, acceptStandardJsonOnly: orElse(bool, false) })
/** 103 REGISTER_BROKER. */
export const registerBrokerHeader = header({
  brokerName: text,
  brokerAddr: text,
  clusterName: text,
  haServerAddr: optional(text),
  brokerId: i64,
  heartbeatTimeoutMillis: optional(i64),
  enableActingMaster: optional(bool), // absent: the broker is older than 5.0
  compressed: orElse(bool, false),
  bodyCrc32: orElse(i32, 0), // 0: unchecked
})
export const registerBrokerReply = header({ haServerAddr: optional(text), masterAddr: optional(text) })
/** 104 UNREGISTER_BROKER. */
export const unregisterBrokerHeader = header({ brokerName: text, brokerAddr: text, clusterName: text, brokerId: i64 })
/** 322 QUERY_DATA_VERSION. */
export const queryDataVersionHeader = header({ brokerName: text, brokerAddr: text, clusterName: text, brokerId: i64 })
export const queryDataVersionReply = header({ changed: bool })
/** 904 BROKER_HEARTBEAT. */
export const brokerHeartbeatHeader = header({
  clusterName: text,
  brokerAddr: text,
  brokerName: text,
  brokerId: optional(i64),
  epoch: optional(i32),
  maxOffset: optional(i64),
  confirmOffset: optional(i64),
  heartbeatTimeoutMills: optional(i64),
  electionPriority: optional(i32),
})
/** 901 GET_BROKER_MEMBER_GROUP. */
export const memberGroupHeader = header({ clusterName: text, brokerName: text })
/** 100 PUT_KV_CONFIG. */
export const putKvHeader = header({ namespace: optional(text), key: optional(text), value: optional(text) })
/** 101 GET_KV_CONFIG, 102 DELETE_KV_CONFIG. */
export const kvKeyHeader = header({ namespace: text, key: text })
export const kvReply = header({ value: optional(text) })
/** 219 GET_KVLIST_BY_NAMESPACE. */
export const kvNamespaceHeader = header({ namespace: text })
/** 205 WIPE_WRITE_PERM_OF_BROKER, 327 ADD_WRITE_PERM_OF_BROKER. */
export const brokerNameHeader = header({ brokerName: text })
export const wipeWritePermReply = header({ wipeTopicCount: i32 })
export const addWritePermReply = header({ addTopicCount: i32 })
/** 216 DELETE_TOPIC_IN_NAMESRV. */
export const deleteTopicHeader = header({ topic: text, clusterName: optional(text) })
/** 217 REGISTER_TOPIC_IN_NAMESRV. */
export const registerTopicHeader = header({ topic: text })
/** 224 GET_TOPICS_BY_CLUSTER. */
export const clusterHeader = header({ cluster: text })
/** 905 NOTIFY_MIN_BROKER_ID_CHANGE, to brokers. */
export const notifyMinBrokerIdHeader = header({
  minBrokerId: optional(i64),
  brokerName: optional(text),
  minBrokerAddr: optional(text),
  offlineBrokerAddr: optional(text),
  haBrokerAddr: optional(text),
})
