// broker/protocol/headers-controller.ts: the custom headers of what a controller is asked, and of what it tells brokers.
// See headers.ts. Source: the header classes of Apache RocketMQ 5.5.0's remoting module.
import { bool, header, i32, i64, optional, orElse, text } from './header-table'

/** 1001 CONTROLLER_ALTER_SYNC_STATE_SET. The body is the set that is wanted, with the epoch it was taken from. */
export const alterSyncStateSetHeader = header({ brokerName: text, masterBrokerId: i64, masterEpoch: i32 })
export const alterSyncStateSetReply = header({ newSyncStateSetEpoch: i32 })
/** 1002 CONTROLLER_ELECT_MASTER. brokerId -1: whoever is best; designateElect: that one or nobody. */
export const electMasterHeader = header({
  clusterName: orElse(text, ''),
  brokerName: text,
  brokerId: orElse(i64, -1),
  designateElect: orElse(bool, false),
})
/** What 1002 and 1003 answer: who is master; left out while nobody is. */
export const masterReply = header({
  clusterName: optional(text),
  brokerName: optional(text),
  masterBrokerId: optional(i64),
  masterAddress: optional(text),
  masterEpoch: optional(i32),
  syncStateSetEpoch: optional(i32),
})
/** 1003 CONTROLLER_REGISTER_BROKER. */
export const registerReplicaHeader = header({ clusterName: text, brokerName: text, brokerId: i64, brokerAddress: text })
/** 1004 CONTROLLER_GET_REPLICA_INFO. */
export const replicaInfoHeader = header({ brokerName: text })
/** 1005 CONTROLLER_GET_METADATA_INFO. */
export const controllerMetadataReply = header({
  group: optional(text),
  controllerLeaderId: optional(text),
  controllerLeaderAddress: optional(text),
  isLeader: orElse(bool, false),
  peers: optional(text),
})
/** 1008 NOTIFY_BROKER_ROLE_CHANGED, to brokers. The body is the in-sync set. */
export const roleChangedHeader = header({
  masterAddress: optional(text),
  masterEpoch: optional(i32),
  syncStateSetEpoch: optional(i32),
  masterBrokerId: optional(i64),
})
/** 1011 CLEAN_BROKER_DATA. brokerControllerIdsToClean: `1;2`; absent: all of the name. */
export const cleanBrokerDataHeader = header({
  clusterName: optional(text),
  brokerName: text,
  brokerControllerIdsToClean: optional(text),
  isCleanLivingBroker: orElse(bool, false),
})
/** 1012 CONTROLLER_GET_NEXT_BROKER_ID. */
export const nextBrokerIdHeader = header({ clusterName: text, brokerName: text })
export const nextBrokerIdReply = header({ clusterName: text, brokerName: text, nextBrokerId: i64 })
/** 1013 CONTROLLER_APPLY_BROKER_ID. The check code is `address;time`: whoever comes again with it is the same broker. */
export const applyBrokerIdHeader = header({
  clusterName: text,
  brokerName: text,
  appliedBrokerId: i64,
  registerCheckCode: text,
})
export const applyBrokerIdReply = header({ clusterName: text, brokerName: text })
