// broker/worker/controller-part.ts: the controller inside the name server's thread (enableControllerInNamesrv): put together
// from its settings. What it must remember lies in the name server's folder, or in controllerStorePath.
import { join } from 'node:path'
import { openControllerConfig } from '../config/broker-config'
import { openKeptFile } from '../config/kept-file'
import { type Controller, openController } from '../controller/open'
import { openDialer } from '../net/dial'
import type { PartAccess } from './access'
import type { PartPlan } from './messages'
import type { PartLog } from './part-thread'
import { reachable } from './reachable'
import type { PartTls } from './tls'

/** Undefined when there is to be none. */
export async function openPartController(
  plan: PartPlan,
  access: PartAccess,
  tls: PartTls,
  log: PartLog,
): Promise<Controller | undefined> {
  const { host, port, properties, preset } = plan
  const { enableControllerInNamesrv } = { ...properties, ...preset }
  if (enableControllerInNamesrv?.trim().toLowerCase() !== 'true') return undefined
  const config = openControllerConfig({
    properties,
    kept: await openKeptFile(join(plan.dataDir, 'controller-set.json')),
    clock: Date.now,
    log: (_, line) => log('warn', line),
  })
  const { controllerStorePath } = config.values
  const dialer = openDialer({ tls: tls.dialing, ...(access.sign === undefined ? {} : { sign: access.sign }) })
  const at = reachable(host)
  const controller = await openController({
    address: at.includes(':') ? `[${at}]:${port}` : `${at}:${port}`,
    path: join(controllerStorePath === '' ? plan.dataDir : controllerStorePath, 'controller.json'),
    settings: config.values,
    settingsText: () => config.toPropertiesText(),
    changeSettings: (changes) => config.update(changes),
    dialer,
    clock: Date.now,
    log,
  })
  return {
    answers: controller.answers,
    connectionClosed: (connection) => controller.connectionClosed(connection),
    async close() {
      await controller.close()
      dialer.close()
    },
  }
}
