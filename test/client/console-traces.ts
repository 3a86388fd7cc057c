// test/client/console-traces.ts: what the console tells of the way of messages whose stock clients trace; run by
// console-on.ts on our cluster and on Apache's.
import { expect, it } from 'vitest'
import type { createCaller } from '../../server/root'
import type { MessageTrace } from '../../server/shared/views'
import { compileJava, type JavaParts, runJava } from '../support/java'

type Java = Exclude<JavaParts, { missing: string }>
export interface On {
  api: () => ReturnType<typeof createCaller>
  namesrv: () => string
  java: (context: { skip: (why: string) => never }) => Java
}
export const TOPIC = 'TracedTopic'
const GROUP = 'GID_traced'
const at = { cluster: 'c' }
/** Compiled once for both clusters. */
let compiled: Promise<string> | undefined
const classesOf = (parts: Java): Promise<string> => {
  compiled ??= compileJava(parts)
  return compiled
}
const story = ({ hops }: MessageTrace): string[] =>
  hops.map(({ kind, word, attempt }) => [kind, word, attempt].filter((part) => part !== null).join(' '))

export const tellsOfTraces = ({ api, namesrv, java }: On): void => {
  it('TR1 TR2 TR3: tells the way of a message from its producer to each delivery, as queryMsgTraceById does', async (context) => {
    const parts = java(context)
    await api().topic.create({ ...at, topic: TOPIC, readQueues: 1, writeQueues: 1 })
    await api().group.create({ ...at, group: 'GID_untraced' })
    const { output } = await runJava({
      ...parts,
      classes: await classesOf(parts),
      main: 'Traces',
      args: [namesrv(), TOPIC, GROUP],
    })
    const idOf = (name: string): string => output.match(new RegExp(`^SENT ${name} (\\S+)`, 'm'))?.[1] ?? output
    const only = async (name: string): Promise<MessageTrace> => {
      const found = await api().message.traces({ ...at, q: idOf(name) })
      expect(found, output).toMatchObject({ topicExists: true, missing: [], more: false, traces: [{}] })
      const [trace] = found.traces
      if (trace === undefined) throw new Error('looked at above')
      return trace
    }

    const twice = await only('twice')
    expect(story(twice)).toEqual(['send success', 'stored', 'consume failed 1', 'consume success 2'])
    expect(twice).toMatchObject({ topic: TOPIC, tag: 'TagT', keys: ['trace-twice'], type: 'normal', gaps: [] })
    const told = output.slice(output.indexOf('TOOL'))
    for (const hop of twice.hops.filter(({ kind }) => kind === 'send' || kind === 'consume'))
      expect(told).toContain(hop.group)
    expect(told.match(/Pub/g) ?? []).toHaveLength(1)
    expect(told.match(new RegExp(`${GROUP}.*(success|failed)`, 'g')) ?? []).toHaveLength(2)
    for (const { tookMs } of twice.hops.filter(({ kind }) => kind === 'send')) expect(told).toContain(`${tookMs}ms`)

    expect(story(await only('dies'))).toEqual([
      'send success',
      'stored',
      'consume failed 1',
      'consume failed 2',
      'dead 2',
    ])
    expect(story(await only('kept'))).toEqual(['send success', 'half', 'end commit', 'stored', 'consume success 1'])
    const dropped = await only('dropped')
    expect(story(dropped)).toEqual(['send success', 'half', 'end rollback'])
    expect(dropped).toMatchObject({ type: 'half', gaps: [] })

    const byKey = await api().message.traces({ ...at, q: 'trace-twice', by: 'key' })
    expect(byKey.traces.map(({ messageId }) => messageId)).toEqual([twice.messageId])
    const place = twice.hops.find(({ kind }) => kind === 'stored')?.place
    const byPlace = await api().message.traces({ ...at, q: place?.offsetId ?? '' })
    expect(byPlace.traces).toEqual([twice])
  })

  it('names what nobody told of a message', async (context) => {
    java(context)
    const sent = await api().message.send({ ...at, topic: TOPIC, body: { kind: 'text', value: 'untold' } })
    const found = await api().message.traces({ ...at, q: sent.uniqueId, topic: TOPIC })
    expect(found.traces).toMatchObject([
      { topic: TOPIC, hops: [{ kind: 'stored' }], gaps: [{ kind: 'no-send' }, { kind: 'no-consume', group: GROUP }] },
    ])
    expect(await api().message.traces({ ...at, q: 'nothing', traceTopic: 'NoSuchTopic' })).toMatchObject({
      topicExists: false,
      traces: [],
    })
  })
}
