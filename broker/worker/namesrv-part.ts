// broker/worker/namesrv-part.ts: the name server as a part: opened from its plan, closed when told.
import { isPropertyName } from '../config/broker-config'
import { openNameServer } from '../namesrv/open'
import { openPartAccess } from './access'
import type { StartPart } from './part-thread'
import { openPartTls } from './tls'

export const startNamesrvPart: StartPart = async (plan, log) => {
  const access = await openPartAccess(plan, plan.dataDir, log)
  const server = await openNameServer({
    host: plan.host,
    port: plan.port,
    dataDir: plan.dataDir,
    properties: plan.properties,
    preset: plan.preset,
    knownElsewhere: isPropertyName,
    access,
    tls: await openPartTls(plan, log),
    log,
  })
  return { address: server.address, role: 'namesrv', stop: () => server.close().finally(() => access.close()) }
}
