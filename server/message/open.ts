// server/message/open.ts: the message room's door: finding, searching, watching and sending, over one admin client.
import type { Admin } from '../admin/open'
import type { WireMessage } from '../admin/records'
import type { BodyTypeSet } from '../shared/body-types'
import type { MessageDesk } from '../shared/desk'
import { DeskError } from '../shared/errors'
import { openLine } from '../shared/pace'
import { openBodyDecoder } from './body/open'
import { exportedOf, rowOf } from './decode'
import { type Finder, openFinder } from './find'
import { type Found, type GatherFilter, type GatherLimits, gather, lookUp, type Read, type Wanted } from './gather'
import { type Halves, openHalves } from './halves'
import { mustNotName } from './mask'
import { mustRead } from './match'
import { scan } from './scan'
import { openSender, type Sender } from './send'
import { tail } from './tail'
import { openTimetable, type Timetables } from './timetable'
import { openTraces } from './trace'

/** What was said of the bodies of topics, kept elsewhere. */
export interface BodyTypes {
  get(topic: string): Promise<BodyTypeSet | null>
  put(topic: string, type: BodyTypeSet | null): Promise<void>
}
export interface MessageOptions {
  admin: Admin
  /** Topics a search without one asks, the most likely first. */
  topics: () => string[]
  bodyTypes: BodyTypes
  now?: () => number
}
/** What the change room is handed besides. */
export interface OpenMessages extends MessageDesk {
  load: Finder['load']
  pick: Finder['pick']
  putBack: Sender['putBack']
  /** All messages of a topic that pass, told one by one. */
  gather(
    topic: string,
    filter: GatherFilter,
    limits: GatherLimits,
    take: (message: WireMessage, broker: string) => void,
  ): Promise<Read>
  lookUp(wanted: Wanted): Promise<Found>
  mustRead: typeof mustRead
  halves: Halves['list']
  timetable: Timetables['read']
}
/** Searches of one cluster at once; so many more wait for their turn. */
const SCANS_AT_ONCE = 2
const MOST_SCANS_WAITING = 32
/** A browser keeps it in memory until it is saved. */
const MOST_EXPORTED_BYTES = 256 * 1024 * 1024

export const openMessageDesk = ({ admin, topics, bodyTypes, now = Date.now }: MessageOptions): OpenMessages => {
  const decoder = openBodyDecoder()
  const typedOf = async (topic: string) => {
    const type = await bodyTypes.get(topic)
    return type === null ? null : { type, decoder }
  }
  const finder = openFinder({ admin, topics, typedOf, now })
  const traces = openTraces({ admin, finder, now })
  const sender = openSender({ admin, finder, now })
  const line = openLine(
    SCANS_AT_ONCE,
    MOST_SCANS_WAITING,
    () =>
      new DeskError(
        'budget',
        `${SCANS_AT_ONCE} searches of this cluster run and ${MOST_SCANS_WAITING} wait: try again when some of them have ended.`,
      ),
  )
  async function* inTurn<Event>(
    signal: AbortSignal | undefined,
    run: () => AsyncIterable<Event>,
  ): AsyncGenerator<Event> {
    const leave = await line.enter(signal)
    if (leave === null) return // whoever asked is gone
    try {
      yield* run()
    } finally {
      leave()
    }
  }
  return {
    byId: finder.byId,
    byKey: finder.byKey,
    at: finder.at,
    get: finder.get,
    track: finder.track,
    scan: (input, reading, signal) => inTurn(signal, () => scan(admin, input, reading, signal, rowOf)),
    async *export(input, reading, signal) {
      let bytes = 0
      for await (const event of inTurn(signal, () => scan(admin, input, reading, signal, exportedOf))) {
        yield event
        if (event.type === 'rows') bytes += event.rows.reduce((sum, { body }) => sum + body.length, 0)
        if (bytes > MOST_EXPORTED_BYTES)
          throw new DeskError('budget', `An export holds at most ${MOST_EXPORTED_BYTES / 1024 / 1024} MiB of bodies.`)
      }
    },
    tail: (input, reading, signal) => tail(admin, input, reading, signal),
    traces: traces.find,
    send: sender.send,
    sendBatch: sender.sendBatch,
    consumeDirectly: sender.consumeDirectly,
    resend: sender.resend,
    bodyType: bodyTypes.get,
    async setBodyType({ topic, type }, reading, who) {
      if (type !== null) {
        mustNotName(reading, topic)
        decoder.check(type)
      }
      await bodyTypes.put(topic, type === null ? null : { ...type, who, at: now() })
    },
    load: finder.load,
    pick: (wanted) => finder.pick(wanted),
    putBack: sender.putBack,
    gather: (topic, filter, limits, take) => gather(admin, topic, filter, limits, take),
    lookUp: (wanted) => lookUp(admin, wanted),
    mustRead,
    halves: openHalves({ admin, now }).list,
    timetable: openTimetable({ admin, now }).read,
  }
}
