// server/desk/record.ts: hands figures to the recorder. Unknown is recorded as unknown. Of a large cluster the lines of
// what is on screen are kept at every turn, the rest by the minute.
import { groupFigures } from '../metrics/figures'
import { noValues, type Recorder } from '../metrics/recorder'
import type { Sampler } from '../metrics/sampler'
import { silentNames } from '../metrics/state'
import type { Usage } from '../metrics/usage'
import { isKnown, type Known, steady } from '../shared/known'
import type { GroupRow, Overview, Total } from '../shared/views'
import type { Lists } from './lists'

/** With more topics and groups than this, not all of them are recorded at every turn. */
const SMALL_CLUSTER = 1000
const MINUTE_MS = 60_000

export interface RecordOptions {
  recorder: Recorder
  sampler: Sampler
  lists: Lists
  usage: Usage
  overview: () => Overview
  now: () => number
}
/** The function to call at the end of each turn. */
export const openRecord = ({
  recorder,
  sampler,
  lists,
  usage,
  overview,
  now,
}: RecordOptions): (() => Promise<void>) => {
  const { state } = sampler
  let minute = 0
  return async () => {
    const at = state.at
    const small = state.topics.size + state.groups.size <= SMALL_CLUSTER
    const newMinute = Math.floor(at / MINUTE_MS) !== minute
    minute = Math.floor(at / MINUTE_MS)
    readCluster(recorder, overview(), at)
    if (small || newMinute) await lists.prepare(true)
    for (const row of small || newMinute
      ? lists.allTopics()
      : lists.topicsWhere((name) => sampler.isWatched('topic', name))) {
      if (row.kind === 'system') continue
      const fine = small || sampler.isWatched('topic', row.name)
      recorder.read(
        'topic',
        row.name,
        { ...noValues, in: plain(row.inPerSecond), out: plain(row.outPerSecond), kept: plain(row.kept) },
        at,
        fine,
      )
    }
    for (const row of lists.groups()) {
      const fine = small || sampler.isWatched('group', row.name)
      if (row.system || !isKnown(row.lag) || !(fine || newMinute)) continue
      recorder.read(
        'group',
        row.name,
        { ...groupValues(row), clients: plain(row.clients), dead: plain(row.deadLetters) },
        at,
        fine,
      )
      if (row.topics.length > 1) readTopicsOf(row.name, at, fine)
    }
    usage.turn(at)
    await usage.write(at)
    await recorder.turn(at)
  }

  function readTopicsOf(name: string, at: number, fine: boolean): void {
    const group = state.groups.get(name)
    const silent = silentNames(state)
    for (const topic of group?.positions.keys() ?? [])
      if (group !== undefined)
        recorder.read(
          'topic-group',
          `${topic}@${name}`,
          groupValues(groupFigures(state, group, silent, now(), topic)),
          at,
          fine,
        )
  }
}

const readCluster = (recorder: Recorder, overview: Overview, at: number): void => {
  recorder.read(
    'cluster',
    '',
    {
      ...noValues,
      in: plain(overview.inPerSecond),
      out: plain(overview.outPerSecond),
      inBytes: plain(overview.inBytesPerSecond),
      lag: plain(overview.lag),
      behindMs: rounded(plain(overview.worstBehind)),
    },
    at,
  )
  for (const row of overview.brokers)
    recorder.read(
      'broker',
      row.key,
      {
        ...noValues,
        in: plain(row.inPerSecond),
        out: plain(row.outPerSecond),
        inBytes: plain(row.inBytesPerSecond),
        // Kept from before it fell silent they are no measurement of now.
        ...(row.state === 'silent' ? {} : { putP99Ms: plain(row.putP99Ms), diskRatio: plain(row.diskRatio) }),
      },
      at,
    )
}
const groupValues = (row: Pick<GroupRow, 'inPerSecond' | 'outPerSecond' | 'lag' | 'behind'>) => ({
  ...noValues,
  in: plain(row.inPerSecond),
  out: plain(row.outPerSecond),
  lag: plain(row.lag),
  behindMs: rounded(plain(row.behind)),
})
/** A sum whose part is away for a moment is no measurement: a chart would show a fall that never was. */
const plain = (figure: Known<number> | Total): number => steady(figure) ?? Number.NaN
/** To the second: an age that only grows by the clock would make every sample a row of its own. */
const rounded = (ms: number): number => Math.round(ms / 1000) * 1000
