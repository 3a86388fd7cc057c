// server/admin/names.ts: the name servers of a cluster. What is read is asked of one that answers, beginning with the
// last that did; what is changed is told to all of them.
import { RequestCode as code, ResponseCode } from '../../broker/protocol/codes'
import type { Command, ExtFields } from '../../broker/protocol/command'
import { answeredWith, DeskError, oneLine, PeerError } from '../shared/errors'
import { type Ask, bodyOf } from './ask'
import { objectOf, tableOf, textsOf } from './loose-json'
import { clusterBrokersOf, routeOf } from './parse'
import type { BrokerAddress, Route } from './types'

export interface Names {
  readonly addresses: readonly string[]
  brokers(): Promise<BrokerAddress[]>
  topics(): Promise<string[]>
  /** Null: no broker has this topic. */
  route(topic: string): Promise<Route | null>
  deleteTopic(topic: string): Promise<void>
  /** How many topics it touched, per name server. */
  setWritable(
    brokerName: string,
    writable: boolean,
  ): Promise<{ address: string; topics: number | null; error: string | null }[]>
  kv(namespace: string): Promise<Record<string, string>>
  putKv(namespace: string, key: string, value: string): Promise<void>
  /** One line to each: who answers, and how fast. */
  probe(timeoutMs: number): Promise<{ address: string; ok: boolean; tookMs: number }[]>
}

export const openNames = (ask: Ask, addresses: readonly string[]): Names => {
  let favourite = 0
  const read = async (
    request: number,
    ext: ExtFields = {},
    accept: readonly number[] = [],
  ): Promise<{ from: string; answer: Command }> => {
    let last: unknown
    for (let tried = 0; tried < addresses.length; tried++) {
      const at = (favourite + tried) % addresses.length
      const from = addresses[at] ?? ''
      try {
        const answer = await ask(from, request, ext, { accept, timeoutMs: 3000 })
        favourite = at
        return { from, answer }
      } catch (error) {
        if (error instanceof PeerError && error.answer !== null) throw error // it answered: another would say the same
        last = error
      }
    }
    throw new DeskError('namesrv-silent', `No name server answers: ${oneLine(last)}`, {}, { cause: last })
  }
  const everywhere = async (request: number, ext: ExtFields): Promise<PromiseSettledResult<Command>[]> =>
    Promise.allSettled(addresses.map((address) => ask(address, request, ext, { timeoutMs: 5000 })))
  const all = async (request: number, ext: ExtFields): Promise<void> => {
    const failed = (await everywhere(request, ext)).find((one) => one.status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
  }
  return {
    addresses,
    async brokers() {
      const { from, answer } = await read(code.GET_BROKER_CLUSTER_INFO)
      return clusterBrokersOf(bodyOf(from, answer))
    },
    async topics() {
      const { from, answer } = await read(code.GET_ALL_TOPIC_LIST_FROM_NAMESERVER)
      return textsOf(objectOf(bodyOf(from, answer)).topicList)
    },
    async route(topic) {
      const { from, answer } = await read(code.GET_ROUTEINFO_BY_TOPIC, { topic, acceptStandardJsonOnly: 'true' }, [
        ResponseCode.TOPIC_NOT_EXIST,
      ])
      return answer.code === ResponseCode.TOPIC_NOT_EXIST ? null : routeOf(bodyOf(from, answer))
    },
    deleteTopic: (topic) => all(code.DELETE_TOPIC_IN_NAMESRV, { topic }),
    async setWritable(brokerName, writable) {
      const request = writable ? code.ADD_WRITE_PERM_OF_BROKER : code.WIPE_WRITE_PERM_OF_BROKER
      const answers = await everywhere(request, { brokerName })
      return answers.map((one, index) => ({
        address: addresses[index] ?? '',
        topics:
          one.status === 'fulfilled' ? Number(one.value.ext[writable ? 'addTopicCount' : 'wipeTopicCount'] ?? 0) : null,
        error: one.status === 'fulfilled' ? null : oneLine(one.reason),
      }))
    },
    async kv(namespace) {
      try {
        const { from, answer } = await read(code.GET_KVLIST_BY_NAMESPACE, { namespace })
        return tableOf(objectOf(bodyOf(from, answer)).table)
      } catch (error) {
        if (answeredWith(error, ResponseCode.QUERY_NOT_FOUND)) return {}
        throw error
      }
    },
    putKv: (namespace, key, value) => all(code.PUT_KV_CONFIG, { namespace, key, value }),
    probe: (timeoutMs) =>
      Promise.all(
        addresses.map(async (address) => {
          const began = performance.now()
          const ok = await ask(address, code.GET_BROKER_CLUSTER_INFO, {}, { timeoutMs }).then(
            () => true,
            (error: unknown) => error instanceof PeerError && error.answer !== null, // an answer, if a wrong one
          )
          return { address, ok, tookMs: performance.now() - began }
        }),
      ),
  }
}
