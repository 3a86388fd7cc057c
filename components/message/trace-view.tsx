'use client'
// components/message/trace-view.tsx: the way of one message: lanes on one axis, or its steps as a table, and below them what
// one would expect and nobody told.
import { useTranslations } from 'use-intl'
import type { MessageTrace, TraceGap, TraceHop } from '../../server/shared/views'
import { type Note, Notes } from '../change/parts'
import { Name, NotApplicable, useFormat } from '../format'
import { clusterHref, groupHref } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { cn } from '../ui/cn'
import { Link } from '../ui/link'
import { Mark, type MarkState } from '../ui/mark'
import { Table, Td, Th, Tr } from '../ui/table'
import { type BarTone, type Lane, lanesOf } from './trace-lanes'

const fills: Readonly<Record<BarTone, string>> = {
  in: 'bg-(--series-in)',
  out: 'bg-(--series-out)',
  broker: 'bg-ink-3',
  failed: 'bg-crit-mark',
  open: 'border border-dashed border-unknown-mark',
}
const TICKS = [0, 1 / 3, 2 / 3, 1]

export const TraceTimeline = ({ trace }: { trace: MessageTrace }) => {
  const t = useTranslations('trace')
  const format = useFormat()
  const { from, spanMs, lanes } = lanesOf(trace)
  const grid =
    'grid grid-cols-[minmax(0,168px)_minmax(0,1fr)_76px] gap-x-3 max-sm:grid-cols-[minmax(0,104px)_minmax(0,1fr)_60px]'
  return (
    <div className="text-sm">
      <div className={cn(grid, 'h-5 text-2xs text-ink-3')} aria-hidden>
        <span />
        <div className="relative mx-1">
          {TICKS.map((tick) => (
            <span
              key={tick}
              className={cn(
                'tnum absolute whitespace-nowrap',
                tick === 1 ? '-translate-x-full' : tick > 0 && '-translate-x-1/2',
                tick > 0 && tick < 1 && 'max-sm:hidden',
              )}
              style={{ left: `${tick * 100}%` }}
            >
              {tick === 0 ? format.time(from) : `+${format.duration(Math.round(spanMs * tick))}`}
            </span>
          ))}
        </div>
      </div>
      <ul>
        {lanes.map((lane) => (
          <li key={lane.key} className={cn(grid, 'min-h-6 items-center')}>
            <LaneName lane={lane} />
            <LaneBars lane={lane} />
            <span className="tnum text-right text-xs text-ink-2">
              <LaneEnd lane={lane} />
            </span>
          </li>
        ))}
      </ul>
      <p className="mt-1.5 text-ink-3 text-xs">{t('source')}</p>
    </div>
  )
}

const LaneName = ({ lane }: { lane: Lane }) => {
  const t = useTranslations('trace')
  const cluster = useClusterId()
  if (lane.role === 'producer')
    return (
      <span className="mono truncate" title={lane.name}>
        {lane.name === '' ? t('producer') : lane.name}
      </span>
    )
  if (lane.role === 'broker')
    return (
      <span className="truncate text-ink-2" title={lane.name}>
        {lane.name}
      </span>
    )
  return (
    <Link quiet href={groupHref(cluster, lane.name)} className="min-w-0">
      <Name>{lane.name}</Name>
    </Link>
  )
}

const LaneBars = ({ lane }: { lane: Lane }) => {
  const words = useHopWords()
  const first = lane.bars[0]
  const last = lane.bars.at(-1)
  return (
    <div className="relative mx-1 h-6 border-hair border-b">
      {TICKS.map((tick) => (
        <i key={tick} aria-hidden className="absolute inset-y-0 w-px bg-(--grid)" style={{ left: `${tick * 100}%` }} />
      ))}
      {first && last && lane.bars.length > 1 && (
        <i
          aria-hidden
          className="absolute top-1/2 border-control border-t border-dotted"
          style={{ left: `${first.to * 100}%`, right: `${(1 - last.from) * 100}%` }}
        />
      )}
      {lane.bars.map((bar, at) => (
        <span
          // Hops have no id; their order is theirs.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          key={at}
          role="img"
          aria-label={words(bar.hop)}
          title={words(bar.hop)}
          className={cn('absolute top-[7px] h-[10px] min-w-[4px] rounded-[2px]', fills[bar.tone])}
          style={{
            left: `min(${bar.from * 100}%, calc(100% - 4px))`,
            width: `${Math.max(0, bar.to - bar.from) * 100}%`,
          }}
        />
      ))}
    </div>
  )
}

/** How it ended for this lane, in as few words as there is room for. */
const LaneEnd = ({ lane }: { lane: Lane }) => {
  const t = useTranslations('trace')
  const format = useFormat()
  const last = lane.bars.at(-1)?.hop
  if (last === undefined) return null
  if (last.kind === 'dead') return <span className="text-crit">{t('kind.dead')}</span>
  if (last.kind === 'consume' && last.ok === null) return <span className="text-unknown">{t('open')}</span>
  if (last.kind === 'consume' && (last.attempt ?? 1) > 1) return t('attempt', { attempt: last.attempt ?? 1 })
  if (last.kind === 'end' && last.word !== null) return t(`word.${last.word}`)
  return last.tookMs === null ? null : format.duration(last.tookMs)
}

/** What happened, to whom and for how long, as one line. */
const useHopWords = (): ((hop: TraceHop) => string) => {
  const t = useTranslations('trace')
  const format = useFormat()
  return (hop) =>
    [
      t(`kind.${hop.kind}`),
      hop.attempt === null ? '' : t('attempt', { attempt: hop.attempt }),
      hop.word === null ? '' : t(`word.${hop.word}`),
      format.time(hop.at),
      hop.tookMs === null ? '' : format.duration(hop.tookMs),
      hop.where,
    ]
      .filter(Boolean)
      .join(' · ')
}

const markOf = ({ kind, ok, word }: TraceHop): MarkState => {
  if (kind === 'dead' || ok === false) return 'crit'
  if (kind === 'consume' && ok === null) return 'unknown'
  if (word === 'rollback' || word === 'undecided') return 'warn'
  return ok === true || word === 'commit' ? 'ok' : 'off'
}

export const TraceTable = ({ trace }: { trace: MessageTrace }) => {
  const t = useTranslations('trace')
  const format = useFormat()
  const cluster = useClusterId()
  return (
    <Table density="compact">
      <thead>
        <tr>
          <Th className="w-[104px]">{t('column.time')}</Th>
          <Th className="w-[148px] max-sm:w-auto">{t('column.step')}</Th>
          <Th className="max-sm:hidden">{t('column.group')}</Th>
          <Th className="w-[190px] max-md:hidden">{t('column.where')}</Th>
          <Th className="w-[112px]">{t('column.end')}</Th>
          <Th number className="w-[76px]">
            {t('column.took')}
          </Th>
        </tr>
      </thead>
      <tbody>
        {trace.hops.map((hop, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: hops have no id; their order is theirs
          <Tr key={at}>
            <Td className="tnum" title={format.isoTime(hop.at)}>
              {format.time(hop.at)}
            </Td>
            <Td>
              <span className="flex items-center gap-1.5">
                <Mark state={markOf(hop)} />
                {t(`kind.${hop.kind}`)}
                {hop.attempt !== null && <span className="text-ink-3">{t('attempt', { attempt: hop.attempt })}</span>}
                {hop.fromCheck && <span className="text-ink-3">{t('fromCheck')}</span>}
              </span>
            </Td>
            <Td className="max-sm:hidden">{hop.group === '' ? <NotApplicable /> : <Name>{hop.group}</Name>}</Td>
            <Td className="mono max-md:hidden">
              {hop.place === null ? (
                hop.where
              ) : (
                <Link quiet href={clusterHref(cluster, 'messages', hop.place.offsetId)}>
                  {hop.where}/{hop.place.queueId} @ {format.count(hop.place.queueOffset)}
                </Link>
              )}
            </Td>
            <Td className={hop.ok === false ? 'text-crit' : undefined}>
              {hop.word !== null ? (
                t(`word.${hop.word}`)
              ) : hop.kind === 'consume' ? (
                <span className="text-unknown">{t('open')}</span>
              ) : (
                <NotApplicable />
              )}
            </Td>
            <Td number>{hop.tookMs === null ? <NotApplicable /> : format.duration(hop.tookMs)}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  )
}

export const TraceGaps = ({ gaps }: { gaps: readonly TraceGap[] }) => {
  const t = useTranslations('trace')
  const notes = gaps.map((gap): Note => {
    const group = 'group' in gap ? gap.group : ''
    return {
      key: `${gap.kind} ${group}`,
      state: gap.kind === 'no-stored' ? 'note' : 'unknown',
      text: t.rich(`gap.${gap.kind}`, { group, b: (words) => <b className="mono">{words}</b> }),
    }
  })
  return <Notes notes={notes} />
}
