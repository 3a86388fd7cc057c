// server/desk/record.ts: hands each turn's figures to the recorder. Unknown is recorded as unknown.
import { groupFigures, rateOf, total } from '../metrics/figures'
import { kindOf } from '../metrics/kind'
import { noValues, type Recorder } from '../metrics/recorder'
import { type ClusterState, silentNames } from '../metrics/state'
import { isKnown, type Known } from '../shared/known'
import { isSystemGroup } from '../shared/names'
import type { Overview, Total } from '../shared/views'

const plain = (figure: Known<number> | Total): number =>
  isKnown(figure) && !('missing' in figure && figure.missing > 0) ? figure.value : Number.NaN

export const recordTurn = async (
  recorder: Recorder,
  state: ClusterState,
  overview: Overview,
  now: number,
): Promise<void> => {
  const at = state.at
  const silent = silentNames(state)
  recorder.read(
    'cluster',
    '',
    {
      ...noValues,
      in: plain(overview.inPerSecond),
      out: plain(overview.outPerSecond),
      inBytes: plain(overview.inBytesPerSecond),
      lag: plain(overview.lag),
      behindMs: plain(overview.worstBehind),
    },
    at,
  )
  for (const row of overview.brokers)
    recorder.read(
      'broker',
      row.key,
      { ...noValues, in: plain(row.inPerSecond), out: plain(row.outPerSecond), inBytes: plain(row.inBytesPerSecond) },
      at,
    )
  for (const topic of state.topics.values()) {
    if (kindOf(state, topic.name) === 'system') continue
    recorder.read(
      'topic',
      topic.name,
      {
        ...noValues,
        in: plain(
          total(
            [...topic.queues.values()].map((queue) => rateOf(queue, silent)),
            at,
          ),
        ),
      },
      at,
    )
  }
  for (const group of state.groups.values()) {
    if (isSystemGroup(group.name)) continue
    const figures = groupFigures(state, group, silent, now)
    if (!isKnown(figures.lag)) continue
    recorder.read(
      'group',
      group.name,
      {
        ...noValues,
        in: plain(figures.inPerSecond),
        out: plain(figures.outPerSecond),
        lag: plain(figures.lag),
        behindMs: rounded(plain(figures.behind)),
      },
      at,
    )
    if (group.positions.size < 2) continue
    for (const topic of group.positions.keys()) {
      const one = groupFigures(state, group, silent, now, topic)
      recorder.read(
        'topic-group',
        `${topic}@${group.name}`,
        {
          ...noValues,
          in: plain(one.inPerSecond),
          out: plain(one.outPerSecond),
          lag: plain(one.lag),
          behindMs: rounded(plain(one.behind)),
        },
        at,
      )
    }
  }
  await recorder.turn(at)
}
/** To the second: an age that only grows by the clock would make every sample a row of its own. */
const rounded = (ms: number): number => Math.round(ms / 1000) * 1000
