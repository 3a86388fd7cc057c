// server/root.ts: joins the routers. The browser takes AppRouter as a type only.
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import { accessRouter } from './router/access'
import { aclRouter } from './router/acl'
import { alarmRouter, channelRouter } from './router/alarm'
import { authRouter } from './router/auth'
import { brokerRouter } from './router/broker'
import { clusterRouter } from './router/cluster'
import { consoleRouter } from './router/console'
import { groupRouter } from './router/group'
import { messageRouter } from './router/message'
import { metricsRouter } from './router/metrics'
import { auditRouter, clientRouter, deadRouter, doctorRouter, jobRouter, paletteRouter } from './router/other'
import { topicRouter } from './router/topic'
import { waitingRouter } from './router/waiting'
import { callerFactory, router } from './trpc/procedure'

export const appRouter = router({
  auth: authRouter,
  access: accessRouter,
  acl: aclRouter,
  cluster: clusterRouter,
  console: consoleRouter,
  topic: topicRouter,
  group: groupRouter,
  message: messageRouter,
  broker: brokerRouter,
  client: clientRouter,
  dead: deadRouter,
  doctor: doctorRouter,
  metrics: metricsRouter,
  job: jobRouter,
  alarm: alarmRouter,
  channel: channelRouter,
  waiting: waitingRouter,
  palette: paletteRouter,
  audit: auditRouter,
})
export type AppRouter = typeof appRouter
export type RouterInputs = inferRouterInputs<AppRouter>
export type RouterOutputs = inferRouterOutputs<AppRouter>
/** Asks the router without HTTP: tests, and pages through rsc.tsx. */
export const createCaller = callerFactory(appRouter)
