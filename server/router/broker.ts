// server/router/broker.ts: brokers and, for the bundled cluster, their processes.

import { DeskError } from '../shared/errors'
import { brokerConfigInput, brokerHistoryInput, brokerWritableInput, onBroker, partInput } from '../shared/inputs'
import { allowedOn, router } from '../trpc/procedure'

const confirmed = (typed: string, name: string): void => {
  if (typed !== name) throw new DeskError('confirm-mismatch', `The name typed is not ${name}.`)
}
export const brokerRouter = router({
  list: allowedOn('cluster.read').query(({ ctx }) => ctx.cluster.brokers.list()),
  get: allowedOn('cluster.read')
    .input(onBroker)
    .query(({ ctx, input }) => ctx.cluster.brokers.get(input.broker)),
  history: allowedOn('cluster.read')
    .input(brokerHistoryInput)
    .query(({ ctx, input }) => ctx.cluster.brokers.history(input.broker, input)),
  configUpdate: allowedOn('broker.write')
    .input(brokerConfigInput)
    .mutation(({ ctx, input }) => ctx.cluster.brokers.configUpdate(input)),
  setWritable: allowedOn('broker.write')
    .input(brokerWritableInput)
    .mutation(({ ctx, input }) => ctx.cluster.brokers.setWritable(input.brokerName, input.writable)),
  parts: allowedOn('cluster.read').query(({ ctx }) => ctx.cluster.brokers.parts()),
  start: allowedOn('broker.write')
    .input(partInput)
    .mutation(({ ctx, input }) => {
      confirmed(input.confirm, input.part)
      return ctx.cluster.brokers.part(input.part, 'start')
    }),
  stop: allowedOn('broker.write')
    .input(partInput)
    .mutation(({ ctx, input }) => {
      confirmed(input.confirm, input.part)
      return ctx.cluster.brokers.part(input.part, 'stop')
    }),
  restart: allowedOn('broker.write')
    .input(partInput)
    .mutation(({ ctx, input }) => {
      confirmed(input.confirm, input.part)
      return ctx.cluster.brokers.part(input.part, 'restart')
    }),
})
