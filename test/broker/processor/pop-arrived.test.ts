// test/broker/processor/pop-arrived.test.ts: checkpoints that cannot be stored, since the broker is a slave that acts as master.
import { expect, it, onTestFinished } from 'vitest'
import { writeBody } from '../../../broker/protocol/bodies'
import { CheckpointTag, popCheckpoint, reviveTopicOf } from '../../../broker/protocol/pop'
import { encodeProperties } from '../../../broker/protocol/properties'
import { openTestBroker } from '../../support/broker-context'
import { newMessage } from '../../support/stores'

it('one that comes twice holds up nothing: the second takes the place of the first', async () => {
  const test = await openTestBroker()
  onTestFinished(() => test.close())
  const { pop, identity, clock } = test.broker
  const checkpoint = { bm: 0, c: 'g', d: [0], it: 60_000, n: 1, pt: clock(), q: 0, ro: 0, so: 0, t: 'T' }
  const entry = {
    ...newMessage({ topic: reviveTopicOf(identity.clusterName), body: '' }),
    properties: encodeProperties([['TAGS', CheckpointTag.checkpoint]]),
    body: writeBody(popCheckpoint, checkpoint),
  }
  let isFirstDone = false
  let isSecondDone = false
  const first = pop.arrived(entry).then(() => {
    isFirstDone = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(isFirstDone).toBe(false)
  void pop.arrived(entry).then(() => {
    isSecondDone = true
  })
  await first
  expect(isSecondDone).toBe(false)
})
