'use client'
// components/broker/disk-meter.tsx: how full the disk of a broker is, with a line at the level where it begins to clean.
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { BrokerRow } from '../../server/shared/views'
import { UnknownWord } from '../format'
import { Meter } from '../ui/panel'

const WARNING_PERCENT = 70

export function DiskMeter({ row }: { row: BrokerRow }) {
  const t = useTranslations('broker')
  const { diskRatio, diskCleanRatio } = row
  if (!isKnown(diskRatio)) return <UnknownWord reason={diskRatio.unknown} />
  const percent = diskRatio.value * 100
  const clean = isKnown(diskCleanRatio) ? diskCleanRatio.value * 100 : undefined
  const state = clean !== undefined && percent >= clean ? 'crit' : percent >= WARNING_PERCENT ? 'warn' : 'ok'
  return (
    <span
      className="flex items-center gap-2.5"
      title={clean === undefined ? undefined : t('cleansAt', { share: clean.toFixed(0) })}
    >
      <Meter percent={percent} limit={clean} state={state} label={t('diskOf', { broker: row.key })} />
      <span className="tnum w-[46px] text-right">
        {percent.toFixed(1)}
        <span className="unit">%</span>
      </span>
    </span>
  )
}
