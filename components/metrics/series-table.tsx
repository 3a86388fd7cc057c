// components/metrics/series-table.tsx: the key of a chart, with what its lines come to: newest, mean, least and most, and how
// the mean compares with the span beneath.
import { useTranslations } from 'use-intl'
import type { MetricScope } from '../../server/shared/metrics'
import type { Explored } from '../../server/shared/views'
import { colourOf, type SeriesColour } from '../chart'
import { Name, NotApplicable } from '../format'
import { brokerHref, groupHref, topicHref } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { Link } from '../ui/link'
import { Table, Td, Th } from '../ui/table'

export interface Summary {
  readonly last: number | null
  readonly mean: number | null
  readonly least: number | null
  readonly most: number | null
}
export const summaryOf = (values: readonly (number | null)[]): Summary => {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return { last: null, mean: null, least: null, most: null }
  return {
    last: values.at(-1) ?? null,
    mean: known.reduce((sum, value) => sum + value, 0) / known.length,
    least: known.reduce((least, value) => Math.min(least, value)),
    most: known.reduce((most, value) => Math.max(most, value)),
  }
}
const hrefs: Partial<Record<MetricScope, (cluster: string, name: string) => string>> = {
  topic: topicHref,
  group: groupHref,
  broker: brokerHref,
}

export const SeriesTable = (props: {
  series: Explored['series']
  colours: readonly SeriesColour[]
  format: (value: number) => string
  nameOf: (name: string) => string
  of: MetricScope
}) => {
  const { series, colours, format, nameOf, of } = props
  const t = useTranslations('metrics')
  const cluster = useClusterId()
  const compared = series.some(({ before }) => before !== null)
  const href = hrefs[of]
  const cell = (value: number | null) => (value === null ? <NotApplicable /> : format(value))
  if (series.length === 0) return null
  return (
    <div className="border-t border-hair">
      <Table density="compact">
        <thead>
          <tr>
            <Th>{t(`scope.${of}`)}</Th>
            <Th number className="w-[108px]">
              {t('last')}
            </Th>
            <Th number className="w-[108px]">
              {t('mean')}
            </Th>
            <Th number className="w-[108px] max-sm:hidden">
              {t('most')}
            </Th>
            {compared && (
              <Th number className="w-[112px]">
                {t('meanBefore')}
              </Th>
            )}
          </tr>
        </thead>
        <tbody>
          {series.map(({ name, values, before }, place) => {
            const { last, mean, most } = summaryOf(values)
            const then = before === null ? null : summaryOf(before).mean
            return (
              <tr key={name}>
                <Td>
                  <span className="flex min-w-0 items-center gap-1.5">
                    <i
                      className="mark h-[3px] w-2.5 flex-none rounded-[1px]"
                      style={{ background: colourOf(colours[place] ?? 'rest') }}
                    />
                    {href ? (
                      <Link quiet href={href(cluster, name)} className="min-w-0 truncate">
                        <Name>{name}</Name>
                      </Link>
                    ) : (
                      <span className="truncate">{nameOf(name)}</span>
                    )}
                  </span>
                </Td>
                <Td number>{cell(last)}</Td>
                <Td number>{cell(mean)}</Td>
                <Td number className="max-sm:hidden">
                  {cell(most)}
                </Td>
                {compared && <Td number>{cell(then)}</Td>}
              </tr>
            )
          })}
        </tbody>
      </Table>
    </div>
  )
}
