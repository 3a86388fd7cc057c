// components/chart/chart-tooltip.tsx: the values under the crosshair. What has no sample there says so.
import { useTranslations } from 'use-intl'

export interface TooltipRow {
  readonly name: string
  readonly colour: string
  readonly text: string | null
}
export const ChartTooltip = ({ time, rows }: { time: string; rows: readonly TooltipRow[] }) => {
  const t = useTranslations('chart')
  return (
    <div className="rounded-lg border border-line bg-raised px-2.5 py-1.5 text-xs shadow-float">
      <div className="tnum text-ink-2">{time}</div>
      {rows.map(({ name, colour, text }) => (
        <div key={name} className="flex items-center gap-1.5 leading-[18px]">
          <i className="mark h-[3px] w-2.5 rounded-[1px]" style={{ background: colour }} />
          <span className="mr-4 flex-1 text-ink-2">{name}</span>
          {text === null ? (
            <span className="text-unknown">{t('noSample')}</span>
          ) : (
            <b className="tnum font-strong text-ink">{text}</b>
          )}
        </div>
      ))}
    </div>
  )
}
