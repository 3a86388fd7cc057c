// broker/worker/namesrv-part.ts: the name server as a part, with a controller beside it where one is wanted: opened from its
// plan, closed when told.
import { isPropertyName } from '../config/broker-config'
import { openNameServer } from '../namesrv/open'
import { openPartAccess } from './access'
import { admissionFor } from './admission'
import { openPartController } from './controller-part'
import type { StartPart } from './part-thread'
import { openPartTls } from './tls'

export const startNamesrvPart: StartPart = async (plan, log) => {
  const access = await openPartAccess(plan, plan.dataDir, log)
  const tls = await openPartTls(plan, log)
  const controller = await openPartController(plan, access, tls, log)
  const server = await openNameServer({
    host: plan.host,
    port: plan.port,
    dataDir: plan.dataDir,
    properties: plan.properties,
    preset: plan.preset,
    knownElsewhere: isPropertyName,
    access,
    tls,
    admits: admissionFor('namesrv', plan.allowFrom, (line) => log('warn', line))?.admits,
    beside: controller,
    log,
  })
  const stop = async (): Promise<void> => {
    try {
      await server.close()
    } finally {
      await controller?.close()
      access.close()
    }
  }
  return { address: server.address, role: 'namesrv', stop }
}
