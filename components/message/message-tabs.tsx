'use client'
// components/message/message-tabs.tsx: what is known of one message besides its body: properties, which groups have it, where
// it lies.
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { MessageView, TrackRow, TrackState } from '../../server/shared/views'
import { Rail, railScale } from '../chart'
import { Name, useFormat, Value } from '../format'
import { clusterHref, groupHref } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { Region } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { CopyButton } from '../ui/copy'
import { Link } from '../ui/link'
import { Mark, type MarkState } from '../ui/mark'
import { Fact, Facts } from '../ui/panel'
import { Empty, Forbidden, Skeleton } from '../ui/region'

const PropertyLine = ({ name, value }: { name: string; value: string }) => (
  <div className="group/line relative flex min-h-6 min-w-0 items-center gap-2 border-hair border-b">
    <span className="mono min-w-0 flex-none text-ink-3">{name}</span>
    <span className="mono min-w-0 flex-1 truncate text-right" title={value}>
      {value}
    </span>
    <CopyButton
      text={value}
      what={name}
      className="absolute right-0 size-5 bg-panel opacity-0 focus-visible:opacity-100 group-hover/line:opacity-100 max-sm:size-8"
    />
  </div>
)

export const PropertyGrid = ({ properties }: { properties: Record<string, string> }) => (
  <div className="grid grid-cols-2 gap-x-5 text-sm max-sm:grid-cols-1">
    {Object.entries(properties).map(([name, value]) => (
      <PropertyLine key={name} name={name} value={value} />
    ))}
  </div>
)

export const Properties = ({ view }: { view: MessageView }) => {
  const t = useTranslations('message.properties')
  return (
    <div className="flex flex-col gap-3.5">
      <section>
        <h3 className="mb-1.5 font-semibold text-[13px]/[18px]">{t('user')}</h3>
        {view.userProperties === null ? (
          <Forbidden title={t('forbidden')} className="px-0 py-2">
            {t('forbiddenText')}
          </Forbidden>
        ) : Object.keys(view.userProperties).length === 0 ? (
          <p className="text-ink-3 text-sm">{t('none')}</p>
        ) : (
          <PropertyGrid properties={view.userProperties} />
        )}
      </section>
      <section>
        <h3 className="mb-1.5 font-semibold text-[13px]/[18px]">{t('system')}</h3>
        <PropertyGrid properties={view.systemProperties} />
      </section>
    </div>
  )
}

const trackMarks: Readonly<Record<TrackState, MarkState>> = {
  consumed: 'ok',
  'not-yet': 'warn',
  filtered: 'off',
  retrying: 'warn',
  dead: 'crit',
  broadcasting: 'off',
  offline: 'off',
  unknown: 'unknown',
}

export const useTrack = (offsetId: string) => {
  const trpc = useTRPC()
  const cluster = useClusterId()
  return useQuery(trpc.message.track.queryOptions({ cluster, offsetId }))
}

export const GroupsOf = ({ offsetId }: { offsetId: string }) => {
  const t = useTranslations('message.groups')
  const query = useTrack(offsetId)
  return (
    <Region query={query} skeleton={<Skeleton lines={3} className="px-0" />}>
      {(rows) =>
        rows.length === 0 ? (
          <Empty title={t('none')} className="px-0 py-2">
            {t('noneText')}
          </Empty>
        ) : (
          <ul className="text-sm">
            {rows.map((row) => (
              <TrackLine key={row.group} row={row} />
            ))}
          </ul>
        )
      }
    </Region>
  )
}

const TrackLine = ({ row }: { row: TrackRow }) => {
  const t = useTranslations('message.groups')
  const cluster = useClusterId()
  const format = useFormat()
  const mark = trackMarks[row.state]
  return (
    <li className="flex min-h-[25px] items-center gap-x-2 border-hair border-b max-sm:flex-wrap max-sm:py-1">
      <Mark state={mark} />
      <Link quiet href={groupHref(cluster, row.group)} className="w-[236px] min-w-0 max-sm:w-auto max-sm:flex-1">
        <Name>{row.group}</Name>
      </Link>
      <span
        className={`w-[92px] flex-none font-strong ${mark === 'warn' ? 'text-warn' : mark === 'crit' ? 'text-crit' : ''}`}
      >
        {t(`state.${row.state}`)}
      </span>
      <span className="min-w-0 flex-1 truncate text-ink-3 max-sm:w-full max-sm:flex-none max-sm:pl-5">
        {row.state === 'not-yet' ? (
          <Value of={row.before}>{(before) => t('before', { count: before, digits: format.count(before) })}</Value>
        ) : row.state === 'dead' && row.copy !== null ? (
          <Link href={`${clusterHref(cluster, 'dlq', row.group)}?sel=${row.copy.offsetId}`}>
            {t('diedAfter', { count: row.copy.tries })}
          </Link>
        ) : row.copy !== null ? (
          t(row.state === 'retrying' ? 'retryingAfter' : 'consumedAfter', { count: row.copy.tries })
        ) : (
          t(`tip.${row.state}`)
        )}
        {isKnown(row.online) && !row.online.value && ` · ${t('nobodyOnline')}`}
      </span>
    </li>
  )
}

export const Position = ({ view }: { view: MessageView }) => {
  const t = useTranslations('message.position')
  const format = useFormat()
  const { row } = view
  const kept = isKnown(view.min) && isKnown(view.max) ? { min: view.min.value, max: view.max.value } : null
  const scale = railScale(kept === null ? [] : [{ ...kept, points: [] }])
  return (
    <div className="flex flex-col gap-3">
      <div>
        <div className="mb-1 flex items-center text-sm">
          <span className="mono flex-1">
            {row.broker}/{row.queueId}
          </span>
          <span className="mono">{format.count(row.queueOffset)}</span>
        </div>
        <Rail
          scale={scale}
          kept={kept}
          ticks={kept === null ? [] : [{ at: row.queueOffset, tone: 'after' }]}
          summary={
            kept === null
              ? t('railUnknown')
              : t('rail', {
                  at: format.count(row.queueOffset),
                  min: format.count(kept.min),
                  max: format.count(kept.max),
                })
          }
        />
        <div className="mono flex justify-between text-2xs text-ink-3">
          <Value of={view.min}>{(min) => format.count(min)}</Value>
          <Value of={view.max}>{(max) => format.count(max)}</Value>
        </div>
      </div>
      <Facts className="rounded-lg border border-line [&>*]:border-hair [&>*]:border-b">
        <Fact name={t('offsetId')}>
          <span className="inline-flex max-w-full items-center gap-1">
            <span className="mono truncate">{row.offsetId}</span>
            <CopyButton text={row.offsetId} what={t('offsetId')} className="size-5" />
          </span>
        </Fact>
        <Fact name={t('commitLog')}>
          <span className="mono">{format.count(view.commitLogOffset)}</span>
        </Fact>
        <Fact name={t('storeHost')}>
          <span className="mono">{view.storeHost}</span>
        </Fact>
        <Fact name={t('bornHost')}>
          <span className="mono">{row.bornHost}</span>
        </Fact>
        <Fact name={t('stored')}>{format.isoTime(row.storedAt)}</Fact>
        <Fact name={t('born')}>{format.isoTime(row.bornAt)}</Fact>
        <Fact name={t('size')}>{format.count(row.sizeBytes)} B</Fact>
        <Fact name={t('tries')}>{format.count(row.reconsumeTimes)}</Fact>
        <Fact name={t('sysFlag')}>
          <span className="mono">
            {view.sysFlag}
            {view.sysFlagWords.length > 0 && <span className="text-ink-3"> {view.sysFlagWords.join(' ')}</span>}
          </span>
        </Fact>
        <Fact name={t('flag')}>
          <span className="mono">{view.flag}</span>
        </Fact>
        {view.preparedTransactionOffset > 0n && (
          <Fact name={t('prepared')}>
            <span className="mono">{format.count(view.preparedTransactionOffset)}</span>
          </Fact>
        )}
        <Fact name={t('crc')}>
          <span className={view.crcOk ? undefined : 'text-crit'}>
            <span className="mono">{view.bodyCrc}</span> {view.crcOk ? t('crcOk') : t('crcWrong')}
          </span>
        </Fact>
      </Facts>
    </div>
  )
}
