// test/e2e/clients.ts: stock clients that run beside the browser, and what they said so far.
import { join } from 'node:path'
import { type Child, launch } from '../support/children'
import { projectRoot } from '../support/folders'

const program = join(projectRoot, 'test', 'client', 'node', 'steady.mjs')
const namesrv = () => process.env.E2E_NAMESRV ?? ''

export const startProducer = (topic: string, group: string, perSecond: number): Child =>
  launch(process.execPath, [program, namesrv(), topic, group, 'send', String(perSecond)])

export const startConsumer = async (topic: string, group: string): Promise<Child> => {
  const consumer = launch(process.execPath, [program, namesrv(), topic, group, 'consume'])
  await consumer.line(/"ready":true/)
  return consumer
}

interface Said {
  readonly sent?: number
  readonly consumed?: number
  readonly key?: string
  readonly id?: string
}
export const said = (client: Child): readonly Said[] =>
  client.stdout
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line): Said => JSON.parse(line))
export const consumedBy = (client: Child): number =>
  said(client).findLast((one) => one.consumed !== undefined)?.consumed ?? 0
