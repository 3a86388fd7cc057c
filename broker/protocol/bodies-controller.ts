// broker/protocol/bodies-controller.ts: the JSON bodies of controller mode. See bodies.ts.
import { type BodyOf, bean, bool, dict, int, list, numberDict, optional, text } from './body-table'

/** 1001 both ways, 1003's and 1004's reply, 1008. */
export const syncStateSetBody = bean({ syncStateSet: list(int), syncStateSetEpoch: int })
/** 1002's reply. */
export const electMasterBody = bean({
  brokerMemberGroup: optional(
    bean({ brokerAddrs: numberDict(text), brokerName: optional(text), cluster: optional(text) }),
  ),
  syncStateSet: list(int),
})

const replica = bean({ alive: bool, brokerAddress: optional(text), brokerId: int, brokerName: text })
const replicas = bean({
  inSyncReplicas: list(replica),
  masterAddress: optional(text),
  masterBrokerId: optional(int),
  masterEpoch: int,
  notInSyncReplicas: list(replica),
  syncStateSetEpoch: int,
})
/** 1006, by broker name. */
export const replicasInfoBody = bean({ replicasInfoTable: dict(replicas) })
export type ReplicasInfo = BodyOf<typeof replicas>
/** 1006 asks for these. */
export const brokerNames = list(text)

/** 1007. The end of the last epoch is Long.MAX_VALUE: it goes on. */
export const epochCacheBody = bean({
  brokerId: int,
  brokerName: text,
  clusterName: text,
  epochList: list(bean({ endOffset: int, epoch: int, startOffset: int })),
  maxOffset: int,
})
