// test/support/acting-house.ts: a name server and brokers, one of them a slave that acts as master while its own is away, with
// times so short that a test need not wait for them.
import { openNameServer } from '../../broker/namesrv/open'
import { readBody } from '../../broker/protocol/bodies'
import { haRuntimeInfo } from '../../broker/protocol/bodies-admin'
import { RequestCode, ResponseCode } from '../../broker/protocol/codes'
import { decodeRecords } from '../../broker/protocol/record'
import { startBrokerPart } from '../../broker/worker/broker-life'
import { TestClient } from '../broker/processor/real-broker'
import { removeFolder, temporaryFolder } from './folders'
import { freePort } from './ports'

/** Settings of brokers. */
export const quickActing = {
  mappedFileSizeCommitLog: '1048576',
  maxMessageSize: '262144',
  maxHashSlotNum: '1000',
  maxIndexNum: '4000',
  messageDelayLevel: '2s 1s',
  transactionCheckInterval: '500',
  transactionTimeOut: '500',
  reviveInterval: '100',
  slaveReadEnable: 'true',
  syncBrokerMemberGroupPeriod: '100',
  brokerHeartbeatInterval: '100',
  enableSlaveActingMaster: 'true',
  enableRemoteEscape: 'true',
}
/** `ends`: what closes it again, last first. */
export async function openHouse(ends: (() => Promise<unknown> | unknown)[]) {
  const namesrvDir = temporaryFolder('namesrv')
  const namesrv = await openNameServer({
    host: '127.0.0.1',
    port: 0,
    dataDir: namesrvDir,
    properties: { supportActingMaster: 'true' },
    log: () => {},
    clock: Date.now,
  })
  ends.push(() => namesrv.close().then(() => removeFolder(namesrvDir)))
  const names = new TestClient(namesrv.address)
  ends.push(() => names.close())
  const open = async (brokerName: string, brokerId: number, more: Record<string, string> = {}) => {
    const port = await freePort([-2, 0, 1])
    const dataDir = temporaryFolder('broker')
    const lines: string[] = []
    const start = () =>
      startBrokerPart(
        {
          kind: 'broker',
          name: `${brokerName}:${brokerId}`,
          host: '127.0.0.1',
          port,
          dataDir,
          properties: { ...quickActing, namesrvAddr: namesrv.address, ...more },
          preset: {
            brokerName,
            brokerId: String(brokerId),
            brokerRole: brokerId === 0 ? 'ASYNC_MASTER' : 'SLAVE',
            brokerIP1: '127.0.0.1',
            brokerIP2: '127.0.0.1',
            listenPort: String(port),
            haListenPort: String(port + 1),
          },
        },
        (_level, text) => lines.push(text),
      )
    let part: Awaited<ReturnType<typeof start>> | undefined = await start()
    const client = new TestClient(`127.0.0.1:${port}`)
    const broker = {
      address: `127.0.0.1:${port}`,
      client,
      lines,
      async stop() {
        await part?.stop()
        part = undefined
      },
      async start() {
        part = await start()
      },
    }
    ends.push(async () => {
      client.close()
      await broker.stop()
      removeFolder(dataDir)
    })
    return broker
  }
  return { names, namesrv: namesrv.address, open }
}
export type Broker = Awaited<ReturnType<Awaited<ReturnType<typeof openHouse>>['open']>>

export async function eventually(what: string, isSo: () => Promise<boolean> | boolean, of: readonly Broker[] = []) {
  for (const endMs = Date.now() + 60_000; !(await isSo()); await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (Date.now() > endMs)
      throw new Error(`not within 60 s: ${what}\n${of.map(({ lines }) => lines.join('\n')).join('\n--\n')}`)
  }
}
type Asked = Pick<Broker, 'client'>
export const createTopic = ({ client }: Asked, topic: string) =>
  client.ask(RequestCode.UPDATE_AND_CREATE_TOPIC, {
    ...{ topic, defaultTopic: 'TBW102', readQueueNums: '1', writeQueueNums: '1', perm: '6' },
    ...{ topicFilterType: 'SINGLE_TAG', topicSysFlag: '0', order: 'false' },
  })
/** Bodies of all messages in queue 0. */
export async function textsIn({ client }: Asked, topic: string): Promise<string[]> {
  const texts: string[] = []
  for (let next = 0; ; ) {
    const reply = await client.pull('looker', topic, next)
    if (reply.code !== ResponseCode.SUCCESS) return texts
    for (const { body } of decodeRecords(reply.body)) texts.push(body.toString())
    next = Number(reply.ext.nextBeginOffset)
  }
}
export const isCopied = async ({ client }: Asked): Promise<boolean> => {
  const { haConnectionInfo } = readBody(haRuntimeInfo, (await client.ask(RequestCode.GET_BROKER_HA_STATUS)).body)
  return haConnectionInfo[0]?.diff === 0
}
