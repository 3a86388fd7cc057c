// server/desk/info.ts: what a cluster is and can do, from the settings its brokers tell.
import type { ClusterState } from '../metrics/state'
import { type Known, known, unknown } from '../shared/known'
import type { Capabilities, ClusterCard, ClusterInfo } from '../shared/views'

export const infoOf = (state: ClusterState, card: ClusterCard): ClusterInfo => {
  const brokers = [...state.brokers.values()]
  return {
    ...card,
    wireClusters: [...new Set(brokers.map(({ wireCluster }) => wireCluster))].sort(),
    brokerNames: [...new Set(brokers.map(({ name }) => name))].sort(),
    brokerKeys: brokers.map(({ key, address, id, state: peer }) => ({
      key,
      address,
      role: id === 0 ? 'master' : 'slave',
      state: peer,
    })),
    versions: [...new Set(brokers.flatMap(({ runtime }) => runtime.brokerVersionDesc ?? []))].sort(),
    capabilities: capabilitiesOf(state),
  }
}
/** On when every master says so: what one of them refuses, a client will meet. */
const capabilitiesOf = (state: ClusterState): Capabilities => {
  const masters = [...state.brokers.values()].filter(({ id }) => id === 0)
  const told = masters.filter(({ configAt }) => configAt > 0)
  const at = Math.min(...told.map(({ configAt }) => configAt))
  const flag = (...keys: string[]): Known<boolean> => {
    if (told.length === 0) return unknown('no-sample-yet')
    if (told.every(({ config }) => keys.every((key) => config[key] === undefined))) return unknown('not-supported')
    return known(
      told.every(({ config }) => keys.some((key) => config[key] === 'true')),
      at,
    )
  }
  const seconds = told.map(({ config }) => Number(config.timerMaxDelaySec)).filter(Number.isFinite)
  return {
    sql92: flag('enablePropertyFilter'),
    recall: flag('recallMessageEnable'),
    timer: flag('timerWheelEnable'),
    timerMaxDelayMs:
      told.length === 0
        ? unknown('no-sample-yet')
        : seconds.length === 0
          ? unknown('not-supported')
          : known(Math.min(...seconds) * 1000, at),
    autoCreateTopic: flag('autoCreateTopicEnable'),
    autoCreateGroup: flag('autoCreateSubscriptionGroup'),
    acl: flag('authenticationEnabled', 'aclEnable'),
    trace: flag('traceTopicEnable'),
  }
}
