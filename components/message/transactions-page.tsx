'use client'
// components/message/transactions-page.tsx: half messages without an answer, and those asked about too often; both can be
// decided from here.
import { useQuery } from '@tanstack/react-query'
import { parseAsString, useQueryStates } from 'nuqs'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { HalfRow } from '../../server/shared/views'
import { type Column, FilterBox } from '../data-table'
import { Age, Name, NotApplicable, useFormat, Value } from '../format'
import { useClusterId } from '../shell/cluster'
import { useTRPC } from '../trpc/client'
import { Mark } from '../ui/mark'
import { PageHead, Panel, PanelFoot } from '../ui/panel'
import { Empty, Partial } from '../ui/region'
import { WaitingSheet, type Wanted } from './waiting-sheet'
import { MissingLine, useNameColumns, WaitingTable } from './waiting-table'

const keys = { q: parseAsString.withDefault('') }

export const TransactionsPage = () => {
  const t = useTranslations('waiting.transactions')
  const w = useTranslations('waiting')
  const format = useFormat()
  const trpc = useTRPC()
  const cluster = useClusterId()
  const [{ q }, set] = useQueryStates(keys, { history: 'replace' })
  const [wanted, setWanted] = useState<Wanted | null>(null)
  const query = useQuery(trpc.waiting.transactions.queryOptions({ cluster }))
  const list = query.data
  const columns = useColumns(list?.checksMax ?? null)
  const offline = list?.open.filter(({ producers }) => isKnown(producers) && producers.value === 0).length ?? 0
  const clear = () => void set({ q: null })
  return (
    <>
      <PageHead
        title={t('title')}
        about={
          list && (
            <span className="tnum">
              {t('about', { open: format.count(list.open.length), aside: format.count(list.setAside.length) })}
            </span>
          )
        }
      />
      <FilterBox
        value={q}
        onChange={(next) => void set({ q: next || null })}
        placeholder={t('contains')}
        className="w-[264px]"
      />
      <Panel
        title={t('open')}
        about={t('openAbout')}
        className={list?.open.length === 0 ? 'min-h-[140px] flex-none' : 'min-h-[220px] flex-1'}
      >
        <WaitingTable
          isMain
          label={t('open')}
          columns={columns}
          all={list?.open}
          query={query}
          q={q}
          onClear={clear}
          empty={<Empty title={t('none')}>{t('noneText')}</Empty>}
          decide={[
            { act: 'rollback', look: 'danger', text: t('rollback') },
            { act: 'commit', look: 'primary', text: t('commit') },
          ]}
          onDecide={setWanted}
          foot={
            list &&
            list.open.length > 0 && (
              <PanelFoot className="mt-0 min-h-8 bg-panel">
                <span className="min-w-0 truncate">
                  {list.checkEveryMs === null
                    ? t('checkedDiffer')
                    : t('checkedEvery', { span: format.duration(list.checkEveryMs) })}
                  {list.more && ` ${w('more')}`}
                </span>
              </PanelFoot>
            )
          }
        />
        {offline > 0 && <Partial>{t('offline', { count: offline })}</Partial>}
        <MissingLine who={list?.missing} onRetry={() => void query.refetch()} />
      </Panel>
      <Panel title={t('aside')} about={t('asideAbout')} className="flex-none">
        <WaitingTable
          label={t('aside')}
          columns={columns}
          all={list?.setAside}
          query={query}
          q={q}
          onClear={clear}
          empty={<Empty title={t('noneAside')} />}
          decide={[{ act: 'resume', look: 'primary', text: t('resume') }]}
          onDecide={setWanted}
        />
      </Panel>
      <WaitingSheet wanted={wanted} onClose={() => setWanted(null)} />
    </>
  )
}

const useColumns = (checksMax: number | null): readonly Column<HalfRow>[] => {
  const t = useTranslations('waiting.transactions.column')
  const format = useFormat()
  const names = useNameColumns({ key: t('key'), topic: t('topic') })
  return [
    ...names,
    {
      id: 'group',
      head: t('group'),
      name: t('group'),
      widthPx: 200,
      priority: 1,
      card: 'value',
      cell: (row) => <Name>{row.producerGroup}</Name>,
    },
    {
      id: 'age',
      head: t('age'),
      name: t('age'),
      widthPx: 116,
      priority: 0,
      number: true,
      card: 'value',
      cell: (row) => <Age at={row.bornAt} />,
    },
    {
      id: 'checks',
      head: t('checks'),
      name: t('checks'),
      widthPx: 84,
      priority: 1,
      number: true,
      card: 'value',
      cell: (row) =>
        checksMax === null
          ? format.count(row.checks)
          : t('checksOf', { checks: format.count(row.checks), most: format.count(checksMax) }),
    },
    {
      id: 'next',
      head: t('next'),
      name: t('next'),
      widthPx: 130,
      priority: 2,
      number: true,
      cell: (row) =>
        checksMax !== null && row.checks >= checksMax ? (
          <NotApplicable />
        ) : row.nextCheckAt > Date.now() ? (
          <time dateTime={format.isoTime(row.nextCheckAt)} title={format.isoTime(row.nextCheckAt)}>
            {format.time(row.nextCheckAt)}
          </time>
        ) : (
          t('nextRound')
        ),
    },
    {
      id: 'producers',
      head: t('producers'),
      name: t('producers'),
      widthPx: 110,
      priority: 2,
      card: 'value',
      cell: (row) => (
        <Value of={row.producers}>
          {(count) => (
            <span className="flex items-center gap-1.5">
              <Mark state={count > 0 ? 'ok' : 'warn'} />
              {count > 0 ? t('online', { count }) : t('nobody')}
            </span>
          )}
        </Value>
      ),
    },
  ]
}
