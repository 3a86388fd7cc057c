'use client'
// components/overview/brokers-panel.tsx: brokers and name servers: who answers, what each takes in, how full its disk is.
import { useRouter } from 'next/navigation'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { BrokerRow, Overview } from '../../server/shared/views'
import { NotApplicable, UnknownWord, useFormat, Value } from '../format'
import { brokerHref, clusterHref } from '../shell/address'
import { Link } from '../ui/link'
import { Mark, type MarkState } from '../ui/mark'
import { Meter, Panel, PanelFoot } from '../ui/panel'
import { Empty } from '../ui/region'
import { Table, Td, Th, Tr } from '../ui/table'

export function brokerMark(row: BrokerRow, overview: Pick<Overview, 'causes'>): MarkState {
  if (row.state === 'silent') return 'crit'
  if (row.state === 'unknown') return 'unknown'
  const found = overview.causes.filter(({ subjectKind, subject }) => subjectKind === 'broker' && subject === row.key)
  return found.some(({ level }) => level === 'critical') ? 'crit' : found.length > 0 ? 'warn' : 'ok'
}

export function BrokersPanel({ cluster, overview }: { cluster: string; overview: Overview }) {
  const t = useTranslations('overview.brokers')
  const tWord = useTranslations('overview.markWord')
  const format = useFormat()
  const router = useRouter()
  const { brokers, nameServers, missing } = overview
  const anyAtLeast = missing.length > 0
  return (
    <Panel title={t('title')} aux={<Link href={clusterHref(cluster, 'brokers')}>{t('all')}</Link>}>
      {brokers.length === 0 && nameServers.length === 0 ? (
        <Empty title={t('none')} className="border-t border-hair" />
      ) : (
        <Table density="compact" className="border-t border-hair [--row:32px]">
          <thead>
            <tr>
              <Th>{t('broker')}</Th>
              <Th className="w-[70px] max-sm:hidden">{t('role')}</Th>
              <Th number className="w-[72px]">
                {t('in')}
              </Th>
              <Th className="w-[116px]">{t('disk')}</Th>
            </tr>
          </thead>
          <tbody>
            {brokers.map((row) => {
              const mark = brokerMark(row, overview)
              return (
                <Tr key={row.key} opens onClick={() => router.push(brokerHref(cluster, row.key))}>
                  <Td>
                    <Link
                      href={brokerHref(cluster, row.key)}
                      quiet
                      onClick={(event) => event.stopPropagation()}
                      className="flex min-w-0 items-center gap-2"
                    >
                      <Mark state={mark} label={tWord(mark)} />
                      <span className="mono truncate">{row.key}</span>
                    </Link>
                  </Td>
                  <Td className="max-sm:hidden">{t(`roleWord.${row.role}`)}</Td>
                  <Td number>
                    {row.role === 'slave' && isKnown(row.inPerSecond) && row.inPerSecond.value === 0 ? (
                      <NotApplicable />
                    ) : (
                      <Value of={row.inPerSecond}>{(value) => format.rateDigits(value)}</Value>
                    )}
                  </Td>
                  <Td>
                    <DiskCell row={row} mark={mark} />
                  </Td>
                </Tr>
              )
            })}
            {nameServers.map(({ address, state, tookMs }) => {
              const mark: MarkState = state === 'ok' ? 'ok' : state === 'silent' ? 'crit' : 'unknown'
              return (
                <Tr key={address}>
                  <Td colSpan={2}>
                    <span className="flex min-w-0 items-center gap-2" title={address}>
                      <Mark state={mark} label={tWord(mark)} />
                      <span className="mono truncate">{address}</span>
                    </span>
                  </Td>
                  <Td colSpan={2} className="text-ink-2">
                    {state === 'silent' || tookMs === null
                      ? t('nameServer')
                      : t('nameServerAnswers', { time: format.duration(tookMs) })}
                  </Td>
                </Tr>
              )
            })}
          </tbody>
        </Table>
      )}
      {anyAtLeast ? <PanelFoot>{t('atLeast')}</PanelFoot> : null}
    </Panel>
  )
}

/** A bar, its number, and a line where the broker begins to clean. */
export function DiskCell({ row, mark }: { row: BrokerRow; mark: MarkState }) {
  const t = useTranslations('overview.brokers')
  const { diskRatio, diskCleanRatio } = row
  if (!isKnown(diskRatio)) return <UnknownWord reason={diskRatio.unknown} />
  const percent = diskRatio.value * 100
  const clean = isKnown(diskCleanRatio) ? diskCleanRatio.value * 100 : undefined
  const state = clean !== undefined && percent >= clean ? 'crit' : mark === 'warn' && percent >= 70 ? 'warn' : 'ok'
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
