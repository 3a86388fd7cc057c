// server/router/alarm.ts: alarms of a cluster, and the channels of the console, as the browser sees them.
import {
  alarmBacktestInput,
  alarmHistoryInput,
  alarmRuleIdInput,
  alarmRuleInput,
  alarmSilenceInput,
  alarmTakeInput,
  channelEnabledInput,
  channelIdInput,
  channelPutInput,
  outgoingInput,
} from '../shared/inputs'
import type { ChannelRow } from '../shared/views'
import { allowed, allowedOn, may, router } from '../trpc/procedure'

export const alarmRouter = router({
  board: allowedOn('cluster.read').query(({ ctx }) => ctx.cluster.alarms.board()),
  rules: allowedOn('cluster.read').query(({ ctx }) => ctx.cluster.alarms.rules()),
  silences: allowedOn('cluster.read').query(({ ctx }) => ctx.cluster.alarms.silences()),
  history: allowedOn('cluster.read')
    .input(alarmHistoryInput)
    .query(({ ctx, input }) => ctx.cluster.alarms.history(input)),
  backtest: allowedOn('alarm.write')
    .input(alarmBacktestInput)
    .query(({ ctx, input }) => ctx.cluster.alarms.backtest(input.rule)),
  putRule: allowedOn('alarm.write')
    .input(alarmRuleInput)
    .mutation(({ ctx, input }) => ctx.cluster.alarms.putRule(input.id, input.rule)),
  removeRule: allowedOn('alarm.write')
    .input(alarmRuleIdInput)
    .mutation(({ ctx, input }) => ctx.cluster.alarms.removeRule(input.id)),
  take: allowedOn('alarm.handle')
    .input(alarmTakeInput)
    .mutation(({ ctx, input }) => ctx.cluster.alarms.take(input.id, input.taken ? ctx.signedIn.me.name : null)),
  silence: allowedOn('alarm.handle')
    .input(alarmSilenceInput)
    .mutation(({ ctx, input }) => ctx.cluster.alarms.silence(input, ctx.signedIn.me.name)),
  endSilence: allowedOn('alarm.handle')
    .input(alarmRuleIdInput)
    .mutation(({ ctx, input }) => ctx.cluster.alarms.endSilence(input.id)),
})
/** Whom to tell is the console's, for all clusters. Everyone may see that there are channels and how they fare; where they lead to admins only (the path of a webhook may be all its secret); secrets nobody. */
const withoutAddress = (row: ChannelRow): ChannelRow => ({
  ...row,
  settings: {},
  last: row.last && { ...row.last, answer: null },
})
export const channelRouter = router({
  list: allowed('cluster.read').query(async ({ ctx }) => {
    const rows = await ctx.desk.notify.list()
    return may(ctx.signedIn, 'console.admin') ? rows : rows.map(withoutAddress)
  }),
  put: allowed('console.admin')
    .input(channelPutInput)
    .mutation(({ ctx, input }) => ctx.desk.notify.put(input.id, input.channel)),
  setEnabled: allowed('console.admin')
    .input(channelEnabledInput)
    .mutation(({ ctx, input }) => ctx.desk.notify.setEnabled(input.id, input.enabled)),
  remove: allowed('console.admin')
    .input(channelIdInput)
    .mutation(({ ctx, input }) => ctx.desk.notify.remove(input.id)),
  test: allowed('console.admin')
    .input(channelIdInput)
    .mutation(({ ctx, input }) => ctx.desk.notify.test(input.id, ctx.signedIn.me.name)),
  policy: allowed('console.admin').query(({ ctx }) => ctx.desk.notify.policy()),
  setPolicy: allowed('console.admin')
    .input(outgoingInput)
    .mutation(({ ctx, input }) => ctx.desk.notify.setPolicy(input)),
})
