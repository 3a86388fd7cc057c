// test/components/topic/topic-form.test.ts: the mqadmin line can be pasted into a shell, and a topic nobody could read whole
// is not made.
import { expect, it } from 'vitest'
import { createTopicLine, writesPastReads } from '../../../components/topic/topic-form'

it('quotes a name that a shell would take for more than a name', () => {
  const topic = { type: 'NORMAL', readQueues: 8, writeQueues: 8, perm: 6, brokers: [] } as const
  expect(createTopicLine({ ...topic, name: '%RETRY%g|1' }, ['127.0.0.1:9876'], 'DefaultCluster', [])).toBe(
    "mqadmin updateTopic -n '127.0.0.1:9876' -c DefaultCluster -t '%RETRY%g|1' -r 8 -w 8 -p 6 -a +message.type=NORMAL",
  )
  expect(createTopicLine({ ...topic, name: 'orders' }, [], "it's", [])).toContain("-c 'it'\\''s' -t orders ")
})
it('refuses more queues to write than to read', () => {
  expect(writesPastReads(4, 8)).toBe(true)
  expect(writesPastReads(8, 8)).toBe(false)
  expect(writesPastReads(null, 8)).toBe(false)
})
