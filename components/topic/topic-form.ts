// components/topic/topic-form.ts: what a form about a topic means on the wire, and the mqadmin line that does the same. Pure.
import { shellWord } from '../format'

export interface NewTopic {
  readonly name: string
  readonly type: 'NORMAL' | 'FIFO' | 'DELAY' | 'TRANSACTION' | 'UNSPECIFIED'
  readonly readQueues: number
  readonly writeQueues: number
  readonly perm: 2 | 4 | 6
  /** Empty: every broker of the cluster. */
  readonly brokers: readonly string[]
}

/** Neither is no permission that a broker takes. */
export const permOf = (read: boolean, write: boolean): 2 | 4 | 6 | null =>
  read && write ? 6 : read ? 4 : write ? 2 : null

/** Messages of a queue that nobody may read would be kept and never delivered. */
export const writesPastReads = (reads: number | null, writes: number | null): boolean =>
  reads !== null && writes !== null && writes > reads

interface BrokerAddress {
  readonly key: string
  readonly address: string
}

/** One line per broker chosen, or one for the whole cluster. */
export const createTopicLine = (
  topic: NewTopic,
  namesrv: readonly string[],
  wireCluster: string,
  brokers: readonly BrokerAddress[],
): string => {
  const attributes = ` -a +message.type=${topic.type}`
  const order = topic.type === 'FIFO' ? ' -o true' : ''
  const rest = `-t ${shellWord(topic.name)} -r ${topic.readQueues} -w ${topic.writeQueues} -p ${topic.perm}${order}${attributes}`
  const from = namesrv.length === 0 ? '' : ` -n '${namesrv.join(';')}'`
  if (topic.brokers.length === 0) return `mqadmin updateTopic${from} -c ${shellWord(wireCluster)} ${rest}`
  return topic.brokers
    .map((name) => {
      const master = brokers.find(({ key }) => key === `${name}:0`)
      return `mqadmin updateTopic${from} -b ${shellWord(master?.address ?? name)} ${rest}`
    })
    .join('\n')
}
