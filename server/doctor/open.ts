// server/doctor/open.ts: why a client does not connect, send or receive. It walks the way of a client, step by step, and says
// at each what it saw; it changes nothing and asks no address that the cluster did not tell.
import type { Admin } from '../admin/open'
import type { Sampler } from '../metrics/sampler'
import type { DoctorDesk } from '../shared/desk'
import { isAddressableName } from '../shared/names'
import type { DoctorCheck } from '../shared/views'
import { checkGroup, checkTopic } from './names'
import { checkReading, type ReadingOptions } from './reading'
import { sayingTo } from './say'
import { checkBrokers, checkGivenAddress, checkNameServers } from './servers'

export interface DoctorOptions {
  admin: Admin
  addresses: readonly string[]
  /** An admin client that knows one name server only, and waits less than a page does. */
  only: (namesrv: string) => Admin
  sampler: Sampler
  members: ReadingOptions['members']
  now: () => number
}

export const openDoctor = ({ admin, addresses, only, sampler, members, now }: DoctorOptions): DoctorDesk => ({
  async examine({ topic, group, address }) {
    const began = performance.now()
    const { state } = sampler
    const checks: DoctorCheck[] = []
    const servers = { addresses, only, state, now }
    const brokers = await checkNameServers(
      sayingTo(checks, 'nameServers'),
      servers,
      isAddressableName(topic) ? topic : '',
    )
    checkGivenAddress(sayingTo(checks, 'nameServers'), address, addresses, brokers)
    const quick = only(addresses.join(';'))
    try {
      await checkBrokers(sayingTo(checks, 'brokers'), quick, brokers, servers)
    } finally {
      quick.close()
    }
    // What is looked up by name is looked up as it is now.
    if (topic !== '' && isAddressableName(topic)) await sampler.freshTopic(topic)
    if (group !== '' && isAddressableName(group)) await sampler.freshGroup(group)
    if (topic !== '') await checkTopic(sayingTo(checks, 'topic'), admin, state, topic)
    const found = group === '' ? null : checkGroup(sayingTo(checks, 'group'), state, group, now())
    if (found !== null) await checkReading(sayingTo(checks, 'reading'), { admin, state, now, members }, found, topic)
    return { checks, at: now(), tookMs: performance.now() - began }
  },
})
