// server/shared/inputs/history.ts: spans of history, and figures as they come. Pure.
import { live, name, onBroker, onCluster, onGroup, onTopic, span } from './common'

export const clusterHistoryInput = onCluster.extend(span)
export const topicHistoryInput = onTopic.extend({ ...span, group: name.optional() })
export const groupHistoryInput = onGroup.extend({ ...span, topic: name.optional() })
export const brokerHistoryInput = onBroker.extend(span)
export const clusterLiveInput = onCluster.extend(live)
export const topicLiveInput = onTopic.extend(live)
export const groupLiveInput = onGroup.extend(live)
