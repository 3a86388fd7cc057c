// server/change/brokers.ts: changes settings of brokers within the allow-list, and takes or gives back their writes.
import type { Admin } from '../admin/open'
import { configFault } from '../shared/broker-config'
import { DeskError } from '../shared/errors'
import type { BrokerConfigInput } from '../shared/inputs'
import { brokerKey } from '../shared/names'
import type { ApplyResult } from '../shared/views'
import { carryOut } from './results'

export interface BrokerChanges {
  configUpdate(input: BrokerConfigInput): Promise<ApplyResult>
  setWritable(brokerName: string, writable: boolean): Promise<ApplyResult>
}
export const openBrokerChanges = (admin: Admin, changed: () => Promise<void>): BrokerChanges => ({
  async configUpdate({ brokers, changes }) {
    const faults = Object.entries(changes).flatMap(([key, value]) => configFault(key, value) ?? [])
    if (faults.length > 0) throw new DeskError('bad-input', faults.join('; '))
    if (Object.keys(changes).length === 0) throw new DeskError('bad-input', 'Nothing is changed.')
    const there = new Map((await admin.names.brokers()).map((one) => [brokerKey(one.name, one.id), one.address]))
    const result = await carryOut(
      brokers.map((key) => ({
        item: key,
        run: async () => {
          const address = there.get(key)
          if (address === undefined)
            throw new DeskError('not-found', `No broker ${key} is registered at the name server.`)
          await admin.brokers.updateConfig(address, changes)
        },
      })),
    )
    await changed()
    return result
  },
  async setWritable(brokerName, writable) {
    const began = performance.now()
    if (!(await admin.names.brokers()).some(({ name }) => name === brokerName))
      throw new DeskError('not-found', `No broker ${brokerName} is registered at the name server.`)
    const answers = await admin.names.setWritable(brokerName, writable)
    const rows = answers.map(({ address, topics, error }) => ({
      item: topics === null ? address : `${address}: ${topics} topics`,
      queue: null,
      ok: error === null,
      before: null,
      after: null,
      now: null,
      error,
    }))
    await changed()
    const ok = rows.filter((row) => row.ok).length
    return { rows, ok, failed: rows.length - ok, tookMs: performance.now() - began }
  },
})
