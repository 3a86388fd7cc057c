// test/support/name-server.ts: a name server of our own on a free port with a clock that stands still, and a broker's
// words to it. Each test of the file that uses it gets a fresh one.
import { afterEach, beforeEach } from 'vitest'
import { type NameServerHandle, openNameServer } from '../../broker/namesrv/open'
import { openDialer } from '../../broker/net/dial'
import type { Dialer } from '../../broker/net/types'
import { routeData } from '../../broker/protocol/bodies'
import { RequestCode } from '../../broker/protocol/codes'
import type { ExtFields } from '../../broker/protocol/command'
import { parseLoose } from '../../broker/protocol/json'
import { temporaryFolder } from './folders'

export interface TestTopic {
  topicName: string
}
export const topicOf = (topicName: string, more: object = {}): TestTopic => ({
  topicName,
  ...{ perm: 6, readQueueNums: 8, writeQueueNums: 8 },
  ...more,
})
/** A registration's body with these topics. */
export const registrationOf = (topics: TestTopic[], version = { counter: 1, stateVersion: 0, timestamp: 5 }): string =>
  JSON.stringify({
    filterServerList: [],
    topicConfigSerializeWrapper: {
      dataVersion: version,
      topicConfigTable: Object.fromEntries(topics.map((one) => [one.topicName, one])),
    },
  })
export const twoTopics = registrationOf([topicOf('T'), topicOf('U')])
/** The fields by which server `id` of broker-a names itself. */
export const brokerOf = (id = 0, more: ExtFields = {}): ExtFields => ({
  brokerName: 'broker-a',
  brokerAddr: `127.0.0.1:${10_911 + 10 * id}`,
  clusterName: 'DefaultCluster',
  haServerAddr: `127.0.0.1:${10_912 + 10 * id}`,
  brokerId: String(id),
  ...more,
})
/** The answer to what needs none but that it was done. */
export const done = { code: 0, remark: null, ext: {}, body: '' }

export function nameServerPerTest() {
  let server: NameServerHandle
  let dialer: Dialer
  const others: Dialer[] = []
  const start = async (properties: Record<string, string>): Promise<void> => {
    const { dataDir } = used
    server = await openNameServer({
      host: '127.0.0.1',
      port: 0,
      dataDir,
      properties,
      log: () => {},
      clock: () => used.nowMs,
    })
  }
  const used = {
    dataDir: '',
    /** The server's time. */
    nowMs: 0,
    async restart(properties: Record<string, string> = {}): Promise<void> {
      await server.close()
      await start(properties)
    },
    /** Another connection to it. */
    dial(): Dialer {
      const other = openDialer()
      others.push(other)
      return other
    },
    async ask(code: number, ext: ExtFields = {}, body?: string | Buffer, by: Dialer = dialer) {
      const bytes = typeof body === 'string' ? Buffer.from(body) : body
      const reply = await by.request(server.address, code, { ...ext }, bytes, 25_000)
      return { code: reply.code, remark: reply.remark, ext: { ...reply.ext }, body: reply.body.toString() }
    },
    register: (id = 0, more: ExtFields = {}, body: string | Buffer = twoTopics, by?: Dialer) =>
      used.ask(RequestCode.REGISTER_BROKER, brokerOf(id, more), body, by),
    async route(topic = 'T', more: ExtFields = {}) {
      const { body } = await used.ask(RequestCode.GET_ROUTEINFO_BY_TOPIC, { topic, ...more })
      return routeData.read(parseLoose(body), topic)
    },
  }
  beforeEach(async () => {
    used.dataDir = temporaryFolder('namesrv')
    used.nowMs = 1_700_000_000_000
    dialer = openDialer()
    await start({})
  })
  afterEach(async () => {
    for (const one of [dialer, ...others.splice(0)]) one.close()
    await server.close()
  })
  return used
}
