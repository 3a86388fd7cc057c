// test/support/auto-cluster.ts: brokers of one name under a controller, each in a process of its own, and what their
// controller and their name server say of them.
import { setTimeout as sleep } from 'node:timers/promises'
import { openDialer } from '../../broker/net/dial'
import { readBody, routeData, writeBody } from '../../broker/protocol/bodies'
import { brokerNames, type ReplicasInfo, replicasInfoBody } from '../../broker/protocol/bodies-controller'
import { RequestCode, ResponseCode } from '../../broker/protocol/codes'
import type { Child } from './children'
import { temporaryFolder } from './folders'
import { freePort } from './ports'
import { launchProgram } from './rocketdeck'

const small = {
  mappedFileSizeCommitLog: '4194304',
  maxMessageSize: '131072',
  maxHashSlotNum: '1000',
  maxIndexNum: '4000',
}
const sets = (properties: Record<string, string>): string[] =>
  Object.entries(properties).flatMap(([key, value]) => ['--set', `${key}=${value}`])

export interface AutoBroker {
  readonly port: number
  readonly address: string
  readonly folder: string
  child: Child
}

/** How the parts of a cluster under one controller are launched. */
export interface AutoPrograms {
  /** Where name server and controller will be. */
  readonly namesrv: string
  readonly controller: string
  readonly isReady: RegExp
  startController(): Promise<Child>
  launchBroker(port: number, folder: string): Child
}

export async function ourPrograms(properties: Record<string, string>): Promise<AutoPrograms> {
  const namesrvPort = await freePort()
  const namesrv = `127.0.0.1:${namesrvPort}`
  const folder = temporaryFolder('controller')
  return {
    namesrv,
    controller: namesrv,
    isReady: /^ready in /,
    async startController() {
      const flags = ['--port', String(namesrvPort), '--data', folder, '--set', 'enableControllerInNamesrv=true']
      const child = launchProgram('namesrv', flags)
      await child.line(/^ready in /)
      return child
    },
    launchBroker(port, store) {
      const auto = { enableControllerMode: 'true', controllerAddr: namesrv, allAckInSyncStateSet: 'true' }
      const flags = sets({ ...small, ...auto, ...properties, brokerName: 'broker-a', storePathRootDir: store })
      return launchProgram('broker', ['-n', namesrv, '--port', String(port), '--data', store, ...flags])
    },
  }
}

/** `count` brokers called broker-a. Every acknowledgement waits for all that are in sync. */
export const openAutoCluster = async (count: number, properties: Record<string, string> = {}) =>
  openPrograms(count, await ourPrograms(properties))

export async function openPrograms(count: number, programs: AutoPrograms) {
  const { namesrv, launchBroker } = programs
  let controller = await programs.startController()
  const brokers: AutoBroker[] = []
  for (let number = 0; number < count; number++) {
    const port = await freePort([-2, 0, 1])
    const folder = temporaryFolder('replica')
    brokers.push({ port, folder, address: `127.0.0.1:${port}`, child: launchBroker(port, folder) })
  }
  await Promise.all(brokers.map(({ child }) => child.line(programs.isReady, 120_000)))
  const dialer = openDialer()

  const state = async (): Promise<ReplicasInfo | undefined> => {
    const body = writeBody(brokerNames, ['broker-a'])
    const reply = await dialer.request(programs.controller, RequestCode.CONTROLLER_GET_SYNC_STATE_DATA, {}, body, 3000)
    return readBody(replicasInfoBody, reply.body).replicasInfoTable.get('broker-a')
  }
  /** As a client learns it: who has the id 0 for a topic. */
  const masterOf = async (topic: string): Promise<string | undefined> => {
    const reply = await dialer.request(namesrv, RequestCode.GET_ROUTEINFO_BY_TOPIC, { topic }, undefined, 3000)
    if (reply.code !== ResponseCode.SUCCESS) return undefined
    return readBody(routeData, reply.body)
      .brokerDatas.find((one) => one.brokerName === 'broker-a')
      ?.brokerAddrs.get(0)
  }
  return {
    namesrv,
    brokers,
    dialer,
    state,
    masterOf,
    /** The broker that the controller calls master. */
    async master(): Promise<AutoBroker | undefined> {
      const address = (await state())?.masterAddress
      return brokers.find((broker) => broker.address === address)
    },
    /** On the same store and port. Does not wait. */
    restart(broker: AutoBroker): void {
      broker.child = launchBroker(broker.port, broker.folder)
    },
    async restartController(): Promise<void> {
      await controller.kill()
      controller = await programs.startController()
    },
    async allInSync(timeoutMs = 60_000): Promise<void> {
      const isSo = async () => (await state())?.inSyncReplicas.length === count
      await eventually('all are in sync', timeoutMs, isSo).catch(async (error: unknown) => {
        const said = brokers.map(({ address, child }) => `${address}: ${child.output.slice(-1500)}`)
        const seen = JSON.stringify(await state().catch(String))
        throw new Error(`${error}; ${seen}\n${said.join('\n')}\n${controller.output.slice(-1500)}`)
      })
    },
    async close(): Promise<void> {
      dialer.close()
      await Promise.all([...brokers.map(({ child }) => child.kill()), controller.kill()])
    },
  }
}
export type AutoCluster = Awaited<ReturnType<typeof openPrograms>>

export async function eventually(what: string, timeoutMs: number, isSo: () => Promise<boolean>): Promise<void> {
  for (const endMs = Date.now() + timeoutMs; !(await isSo().catch(() => false)); await sleep(20)) {
    if (Date.now() > endMs) throw new Error(`not within ${timeoutMs} ms: ${what}`)
  }
}
