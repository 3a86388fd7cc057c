// broker/worker/broker-settings.ts: what a broker is told before it opens anything: its settings, by which name and addresses it
// is known, and name servers from an address service where none are set.
import { lookup } from 'node:dns/promises'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { addressValues, type BrokerConfig, openBrokerConfig } from '../config/broker-config'
import type { KeptText } from '../config/open'
import { readFileOrBackup, writeFileAtomic } from '../file/small-file'
import { startAddressPoll } from '../peer/address-poll'
import type { BrokerIdentity } from '../processor/context'
import { encodeHost } from '../protocol/host'
import type { PartPlan } from './messages'
import type { PartLog } from './part-thread'

export async function openConfig(plan: PartPlan, log: PartLog): Promise<BrokerConfig> {
  const path = join(plan.dataDir, 'config', 'rocketdeck-set.json')
  const kept: KeptText = {
    text: await readFileOrBackup(path, (text) => text),
    save: async (text) => {
      await mkdir(join(plan.dataDir, 'config'), { recursive: true })
      await writeFileAtomic(path, text)
    },
  }
  return openBrokerConfig({
    properties: plan.properties,
    preset: plan.preset,
    kept,
    clock: Date.now,
    // What a key set by hand does not do is worth a line on the screen.
    log: (level, line) => log(level === 'info' ? 'warn' : level, line),
  })
}

export async function identityOf({ values }: BrokerConfig): Promise<BrokerIdentity> {
  const { address: ip } = await lookup(values.brokerIP1)
  return {
    clusterName: values.brokerClusterName,
    brokerName: values.brokerName,
    brokerId: values.brokerId,
    address: addressOf(values.brokerIP1, values.listenPort),
    haAddress: addressOf(values.brokerIP2, values.haListenPort),
    storeHost: encodeHost(ip, values.listenPort),
  }
}

/** Asks the address service for name servers when none are set, as Apache's broker does. */
export function followAddressService(
  { properties }: PartPlan,
  { values }: BrokerConfig,
  changed: () => void,
  log: PartLog,
) {
  const found = { namesrvAddr: '', stop: () => {} }
  if (!values.fetchNamesrvAddrByAddressServer || values.namesrvAddr !== null) return found
  const at = addressValues({ properties, clock: Date.now, log: () => {} })
  const poll = startAddressPoll({
    domain: at['rocketmq.namesrv.domain'],
    subgroup: at['rocketmq.namesrv.domain.subgroup'],
    everyMs: values.fetchNamesrvAddrInterval,
    onList: (namesrvAddr) => {
      found.namesrvAddr = namesrvAddr
      changed()
    },
    log,
  })
  void poll.ask()
  return Object.assign(found, { stop: () => poll.stop() })
}

export const addressOf = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
