'use client'
// components/group/reset-preview.tsx: step 3 of a reset: what would happen, queue by queue, before anything happens.
import { useMemo } from 'react'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { GroupView, ResetPreview as Preview, ResetRow } from '../../server/shared/views'
import { type Note, Notes } from '../change/parts'
import { Rail, RailKey, railScale } from '../chart'
import { NotApplicable, useFormat, Value } from '../format'
import { LinkButton } from '../ui/link'
import { Figure, Figures, Panel } from '../ui/panel'
import { Table, Td, Th } from '../ui/table'
import { Tag } from '../ui/tag'
import { Checkbox } from '../ui/tick'
import { canApply, drainMs, type Pace, planSums, queueKey, stayPut, topicsOf } from './reset-plan'

export const ResetPreview = (props: {
  preview: Preview
  view: GroupView
  /** The target is where the group stood before a reset, which nobody typed. */
  back: boolean
  /** Its best in the last day. */
  pace: Pace | null
  unticked: ReadonlySet<string>
  onTick: (unticked: ReadonlySet<string>) => void
  onChangeTarget: () => void
}) => {
  const { preview, view, back, pace, unticked, onTick, onChangeTarget } = props
  const t = useTranslations('group.reset')
  const format = useFormat()
  const sums = useMemo(() => planSums(preview.rows, unticked), [preview.rows, unticked])
  const least = sums.missing > 0 ? '≥ ' : ''
  const rate = (total: GroupView['row']['inPerSecond']) => ('value' in total ? total.value : null)
  const out = pace?.perSecond ?? rate(view.row.outPerSecond)
  // A group that read all there was may be faster than was ever seen: then this is the longest it takes.
  const isBound = pace?.isLimit !== true
  const incoming = rate(view.row.inPerSecond)
  const drain = drainMs(sums.lagAfter, out, incoming)
  const figureOf = (value: bigint) => {
    const { digits, unit } = format.figure(value)
    return `${least}${digits}${unit === '' ? '' : ` ${unit}`}`
  }
  const topics = topicsOf(preview.rows)
  return (
    <div className="flex flex-col gap-3">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-ink-2 text-sm">
        {t('move')}
        {topics.slice(0, 3).map((topic) => (
          <Tag key={topic} className="mono h-[19px]">
            {topic}
          </Tag>
        ))}
        {topics.length > 3 && <span>{t('moreTopics', { count: topics.length - 3 })}</span>}
        <TargetWords preview={preview} back={back} />
        <span className="flex-1" />
        <LinkButton onClick={onChangeTarget}>{t('change')}</LinkButton>
      </p>
      <Figures columns="1.15fr .8fr 1.15fr 1.3fr">
        <Figure
          label={t('again')}
          tone={sums.again > 0n ? 'text-warn' : undefined}
          value={figureOf(sums.again)}
          title={format.count(sums.again)}
          unit={format.messages}
          note={sums.again > 0n ? t('againNote') : t('againNone')}
        />
        <Figure
          label={t('skipped')}
          tone={sums.skipped > 0n ? 'text-crit' : undefined}
          value={figureOf(sums.skipped)}
          title={format.count(sums.skipped)}
          unit={format.messages}
          note={sums.skipped === 0n ? t('skippedNone') : back ? t('skippedBackNote') : t('skippedNote')}
        />
        <Figure
          label={t('lagAfter')}
          value={figureOf(sums.lagAfter)}
          title={format.count(sums.lagAfter)}
          note={t('lagNow', { lag: format.count(sums.lagNow) })}
        />
        <Figure
          label={t('drain')}
          value={
            drain === null ? (
              <span className="font-[450] text-[18px] text-ink-2">{t('drainUnknown')}</span>
            ) : drain === 0 ? (
              '0'
            ) : (
              `${isBound ? '≤' : '≈'} ${format.duration(Math.max(1000, drain))}`
            )
          }
          note={
            out === null || incoming === null
              ? t('drainNoPace')
              : t(isBound ? 'drainNoteBound' : 'drainNote', {
                  out: format.rateDigits(out),
                  in: format.rateDigits(incoming),
                })
          }
        />
      </Figures>
      <Notes notes={useWarnings(preview, back)} />
      <QueueTable preview={preview} unticked={unticked} onTick={onTick} topics={topics} />
    </div>
  )
}

const TargetWords = ({ preview, back }: { preview: Preview; back: boolean }) => {
  const t = useTranslations('group.reset')
  const format = useFormat()
  const { target } = preview
  const bold = (text: string) => <b className="font-strong text-ink">{text}</b>
  switch (target.kind) {
    case 'time':
      return (
        <span>
          {t.rich('to.time', { at: () => bold(`${format.fullTime(target.at)} ${format.zoneLabel(target.at)}`) })}{' '}
          <span className="text-ink-3">{format.ago(preview.at - target.at)}</span>
        </span>
      )
    case 'earliest':
      return <span>{t('to.earliest')}</span>
    case 'latest':
      return <span>{t('to.latest')}</span>
    case 'shift':
      return <span>{t.rich('to.shift', { by: () => bold(format.change(target.by)) })}</span>
    case 'offsets':
      return <span>{back ? t('to.back') : t('to.offsets')}</span>
    case 'snapshot':
      return (
        <span>
          {t.rich('to.snapshot', {
            at: () =>
              bold(
                preview.snapshotAt === null
                  ? ''
                  : `${format.fullTime(preview.snapshotAt)} ${format.zoneLabel(preview.snapshotAt)}`,
              ),
          })}
        </span>
      )
    case 'group':
      return (
        <span>{t.rich('to.group', { group: () => <b className="mono font-strong text-ink">{target.group}</b> })}</span>
      )
  }
}

const warningMarks = {
  'clients-online': 'warn',
  orderly: 'warn',
  'group-offline': 'note',
  clamped: 'warn',
  'none-after-time': 'note',
  'broker-silent': 'warn',
  'never-committed': 'note',
} as const

const useWarnings = (preview: Preview, back: boolean): readonly Note[] => {
  const t = useTranslations('group.reset')
  const bold = (chunks: React.ReactNode) => <b>{chunks}</b>
  const queuesWith = (note: ResetRow['note']) =>
    preview.rows.filter((row) => row.note === note).map((row) => `${row.broker}/${row.queueId}`)
  const notes: Note[] = preview.warnings.map((warning) => {
    const queues = queuesWith(warning)
    return {
      key: warning,
      state: warningMarks[warning],
      text: t.rich(`warning.${warning}`, {
        b: bold,
        clients: isKnown(preview.clientsOnline) ? preview.clientsOnline.value : 0,
        count: queues.length,
        queues: queues.length > 6 ? `${queues.slice(0, 6).join(', ')} …` : queues.join(', '),
      }),
    }
  })
  if (preview.refused !== null)
    notes.unshift({ key: 'refused', state: 'crit', text: t.rich(`refused.${preview.refused}`, { b: bold }) })
  if (back && stayPut(preview.rows))
    notes.unshift({ key: 'already', state: 'note', text: t.rich('already', { b: bold }) })
  if (!preview.warnings.includes('clamped') && preview.refused === null)
    notes.push({ key: 'inside', state: 'ok', text: t.rich('inside', { b: bold }) })
  return notes
}

const QueueTable = (props: {
  preview: Preview
  unticked: ReadonlySet<string>
  onTick: (unticked: ReadonlySet<string>) => void
  topics: readonly string[]
}) => {
  const { preview, unticked, onTick, topics } = props
  const t = useTranslations('group.reset')
  const format = useFormat()
  const { rows } = preview
  // Topics have scales of their own: their offsets have nothing to do with each other.
  const scales = useMemo(
    () =>
      new Map(
        topics.map((topic) => [
          topic,
          railScale(
            rows.flatMap((row) =>
              row.topic === topic && isKnown(row.min) && isKnown(row.max)
                ? [
                    {
                      min: row.min.value,
                      max: row.max.value,
                      points: [row.now, row.after].flatMap((at) => (isKnown(at) ? [at.value] : [])),
                    },
                  ]
                : [],
            ),
          ),
        ]),
      ),
    [rows, topics],
  )
  const applicable = rows.filter(canApply)
  const ticked = applicable.filter((row) => !unticked.has(queueKey(row)))
  const tick = (changed: readonly ResetRow[], on: boolean) => {
    const next = new Set(unticked)
    for (const row of changed) {
      if (on) next.delete(queueKey(row))
      else next.add(queueKey(row))
    }
    onTick(next)
  }
  const summary = (row: ResetRow): string => {
    const name = `${row.broker}/${row.queueId}`
    if (!isKnown(row.now) || !isKnown(row.after)) return t('railUnknown', { name })
    return t('rail', { name, now: format.count(row.now.value), after: format.count(row.after.value) })
  }
  return (
    <Panel className="overflow-x-auto">
      <Table density="roomy" className="min-w-[860px]" aria-label={t('table')}>
        <colgroup>
          <col style={{ width: 38 }} />
          <col style={{ width: 116 }} />
          <col style={{ width: 218 }} />
          <col style={{ width: 108 }} />
          <col style={{ width: 108 }} />
          <col style={{ width: 108 }} />
          <col style={{ width: 124 }} />
          <col />
        </colgroup>
        <thead>
          <tr>
            <Th>
              <Checkbox
                label={t('tickAll')}
                checked={ticked.length === applicable.length ? true : ticked.length === 0 ? false : 'indeterminate'}
                onChange={(on) => tick(applicable, on)}
              />
            </Th>
            <Th>{t('queue')}</Th>
            <Th>
              <span className="flex items-center gap-2.5">
                <RailKey tone="now">{t('nowKey')}</RailKey>
                <RailKey tone="after">{t('afterKey')}</RailKey>
                {rows.some((row) => isKnown(row.change) && row.change.value > 0) ? (
                  <RailKey tone="skipped">{t('skippedKey')}</RailKey>
                ) : (
                  <RailKey tone="again">{t('againKey')}</RailKey>
                )}
              </span>
            </Th>
            <Th number>{t('now')}</Th>
            <Th number>{t('after')}</Th>
            <Th number>{t('difference')}</Th>
            <Th number>{t('firstMessage')}</Th>
            <Th>{t('note')}</Th>
          </tr>
        </thead>
        {topics.map((topic) => {
          const own = rows.filter((row) => row.topic === topic)
          const open = own.filter(canApply)
          const on = open.filter((row) => !unticked.has(queueKey(row)))
          return (
            <tbody key={topic}>
              {topics.length > 1 && (
                <tr>
                  <Td className="h-8 overflow-visible bg-sunken">
                    <Checkbox
                      label={topic}
                      checked={on.length === open.length ? true : on.length === 0 ? false : 'indeterminate'}
                      onChange={(next) => tick(open, next)}
                    />
                  </Td>
                  <th
                    scope="rowgroup"
                    colSpan={7}
                    className="mono h-8 border-hair border-b bg-sunken px-(--cell-x) text-left font-medium text-ink-2"
                  >
                    {topic}
                  </th>
                </tr>
              )}
              {own.map((row) => {
                const kept = isKnown(row.min) && isKnown(row.max) ? { min: row.min.value, max: row.max.value } : null
                const move =
                  isKnown(row.now) && isKnown(row.after) ? { now: row.now.value, after: row.after.value } : null
                const can = canApply(row)
                const on = can && !unticked.has(queueKey(row))
                return (
                  <tr
                    key={queueKey(row)}
                    className={row.changed ? '[&>td]:bg-warn-wash' : on ? undefined : 'opacity-60'}
                  >
                    <Td className="overflow-visible">
                      <Checkbox
                        label={`${row.topic} ${row.broker}/${row.queueId}`}
                        checked={on}
                        disabled={!can}
                        onChange={(next) => tick([row], next)}
                      />
                    </Td>
                    <Td className="mono" title={`${row.topic} ${row.broker}/${row.queueId}`}>
                      {row.broker}
                      <span className="text-ink-3">/</span>
                      {row.queueId}
                    </Td>
                    <Td className="overflow-visible">
                      <Rail
                        scale={scales.get(topic) ?? { from: 0n, to: 1n, broken: false }}
                        kept={kept}
                        move={on ? move : null}
                        ticks={
                          move === null
                            ? []
                            : [
                                { at: move.now, tone: 'now' },
                                ...(on ? [{ at: move.after, tone: 'after' as const }] : []),
                              ]
                        }
                        summary={summary(row)}
                      />
                    </Td>
                    <Td number className="mono text-ink-2">
                      <Value of={row.now}>{(now) => format.count(now)}</Value>
                    </Td>
                    <Td number className="mono">
                      <Value of={row.after}>{(after) => format.count(after)}</Value>
                    </Td>
                    <Td number className="mono">
                      <Value of={row.change}>
                        {(change) => (
                          <span className={change < 0 ? 'text-warn' : change > 0 ? 'text-crit' : 'text-ink-3'}>
                            {format.change(change)}
                          </span>
                        )}
                      </Value>
                    </Td>
                    <Td number className="text-ink-2">
                      <Value of={row.firstMessageAt}>
                        {(at) =>
                          at === null ? (
                            <NotApplicable />
                          ) : (
                            <span title={format.isoTime(at)}>{format.time(at, preview.at)}</span>
                          )
                        }
                      </Value>
                    </Td>
                    <Td className="text-ink-3 text-xs" title={row.note === null ? undefined : t(`noteOf.${row.note}`)}>
                      {row.changed && <span className="text-warn">{t('changed')} </span>}
                      {row.note !== null && t(`noteOf.${row.note}`)}
                    </Td>
                  </tr>
                )
              })}
            </tbody>
          )
        })}
      </Table>
    </Panel>
  )
}
