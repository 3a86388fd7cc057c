// server/admin/open.ts: an admin client for any cluster, over the wire and nothing else: the bundled brokers get no
// other questions than Apache's. It holds connections and no state; who wants figures in time asks the sampler.
import type { DialOptions } from '../../broker/net/types'
import { type Credentials, sign } from '../../broker/protocol/signature'
import { DeskError } from '../shared/errors'
import { type Acls, openAcls } from './acl'
import { openAsk } from './ask'
import { type Brokers, openBrokers } from './broker'
import { type Messages, openMessages } from './messages'
import { type Names, openNames } from './names'
import type { BrokerAddress } from './types'

export interface AdminOptions {
  namesrv: readonly string[]
  timeoutMs?: number
  connectTimeoutMs?: number
  longestTimeoutMs?: number
  /** Every request is signed with them. Absent: the cluster asks nobody who he is. */
  credentials?: AdminCredentials | undefined
  tls?: AdminTls | undefined
  /** Where a told address is reached, and whether it may be. */
  resolve?: AdminResolve | undefined
}
export type AdminResolve = DialOptions['resolve']
export type AdminTls = DialOptions['tls']
export type AdminCredentials = Credentials
export interface Admin {
  readonly names: Names
  readonly brokers: Brokers
  readonly messages: Messages
  /** Users and policies of ACL 2.0. */
  readonly acls: Acls
  /** The masters of the cluster, or of the named brokers; a name without a master is an error. */
  masters(brokerNames?: readonly string[]): Promise<BrokerAddress[]>
  /** For each broker name of a topic the member to ask: the master, else the slave with the smallest id. */
  brokersOfTopic(topic: string): Promise<BrokerAddress[]>
  close(): void
}

export const openAdmin = ({ credentials, ...options }: AdminOptions): Admin => {
  const ask = openAsk({
    ...options,
    ...(credentials === undefined ? {} : { sign: (_code, ext, body) => sign(credentials, ext, body) }),
  })
  const names = openNames(ask, options.namesrv)
  return {
    names,
    brokers: openBrokers(ask),
    messages: openMessages(ask),
    acls: openAcls(ask),
    async masters(brokerNames = []) {
      const masters = (await names.brokers()).filter(({ id }) => id === 0)
      if (brokerNames.length === 0) {
        if (masters.length === 0)
          throw new DeskError('broker-silent', 'No broker that takes writes is registered at the name server.')
        return masters
      }
      return brokerNames.map((name) => {
        const master = masters.find((one) => one.name === name)
        if (master === undefined)
          throw new DeskError('not-found', `No master called ${name} is registered at the name server.`)
        return master
      })
    },
    async brokersOfTopic(topic) {
      const route = await names.route(topic)
      if (route === null) throw new DeskError('not-found', `No broker has the topic ${topic}.`)
      return firstOfEach(route.brokers)
    },
    close: () => ask.close(),
  }
}
/** One member per broker name: the smallest id, which is the master where there is one. */
export const firstOfEach = (brokers: readonly BrokerAddress[]): BrokerAddress[] => {
  const byName = new Map<string, BrokerAddress>()
  for (const broker of brokers) {
    const held = byName.get(broker.name)
    if (held === undefined || broker.id < held.id) byName.set(broker.name, broker)
  }
  return [...byName.values()]
}
