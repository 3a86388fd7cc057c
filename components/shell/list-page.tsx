'use client'
// components/shell/list-page.tsx: a list of many things of one kind: what is looked for, facets with their counts, a table that the
// server sorts and pages, and what is said when there is nothing. It knows no kind of thing.
import type { UseQueryResult } from '@tanstack/react-query'
import { Copy, List } from 'lucide-react'
import { type ReactNode, useCallback } from 'react'
import { useTranslations } from 'use-intl'
import type { Page } from '../../server/shared/views'
import {
  type Column,
  ColumnsMenu,
  CsvButton,
  chosenColumns,
  DataTable,
  type DataTableProps,
  DensityMenu,
  downloadCsv,
  FilterBox,
  TableFoot,
  type TableUrl,
} from '../data-table'
import { useFormat } from '../format'
import { useCopy } from '../ui/copy'
import { MenuItem } from '../ui/menu'
import { PageHead, Panel } from '../ui/panel'
import { NoMatch } from '../ui/region'
import { Chip } from '../ui/tag'
import { useToast } from '../ui/toast'
import { QueryFault } from './fault'

type CsvOptions<Row> = Parameters<typeof downloadCsv<Row>>[0]
type TableOf<Row> = Pick<DataTableProps<Row>, 'rowKey' | 'onOpen' | 'openKey' | 'tieBreaker' | 'menu' | 'bulk'>

export interface ListPageProps<Row> extends TableOf<Row> {
  readonly title: string
  /** Behind the number of things. */
  readonly about?: ReactNode
  /** In front of what every list can do, and behind it. */
  readonly aside?: ReactNode
  readonly action?: ReactNode
  readonly csv: CsvOptions<Row>
  readonly columns: readonly Column<Row>[]
  readonly url: TableUrl
  readonly list: UseQueryResult<Page<Row>, Parameters<typeof QueryFault>[0]['error']>
  /** What was asked besides page and size. */
  readonly asked: object
  readonly contains: string
  readonly facets: ReactNode
  readonly filtered: boolean
  readonly onClear: () => void
  /** There is none at all. */
  readonly empty: ReactNode
  readonly noMatch: (total: string) => string
  /** Who did not tell what, and of how many things that is. */
  readonly missing: (said: { who: string; touches: number }) => string
  readonly children?: ReactNode
}
export function ListPage<Row>(props: ListPageProps<Row>) {
  const { title, about, aside, action, csv, columns, url, list, asked, contains, facets, filtered, onClear } = props
  const { empty, noMatch, missing: missingText, children, ...table } = props
  const format = useFormat()
  const page = list.data
  const missing = page?.missing ?? []
  return (
    <>
      <PageHead
        title={title}
        about={
          page && (
            <span className="tnum">
              {format.count(page.total)}
              {about}
            </span>
          )
        }
      >
        {aside}
        <CsvButton onDownload={() => downloadCsv(csv)} />
        <ColumnsMenu columns={columns} cols={url.cols} onChange={(cols) => url.set({ cols })} />
        <DensityMenu />
        {action}
      </PageHead>
      <div className="flex flex-wrap items-center gap-1.5 max-sm:-mx-3 max-sm:flex-nowrap max-sm:overflow-x-auto max-sm:px-3 max-sm:[scrollbar-width:none]">
        <FilterBox
          value={url.q}
          onChange={useCallback((q: string) => url.set({ q }), [url.set])}
          placeholder={contains}
          className="w-[264px] max-sm:w-48 max-sm:flex-none"
        />
        {facets}
      </div>
      <Panel className="min-h-[280px] flex-1">
        <DataTable
          label={title}
          keyboard
          columns={chosenColumns(columns, url.cols)}
          rows={page?.rows}
          rowKey={table.rowKey}
          view={JSON.stringify([asked, url.page, url.size])}
          sort={url.sort}
          onSort={(sort) => url.set({ sort })}
          {...(table.onOpen && { onOpen: table.onOpen })}
          {...(table.openKey !== undefined && { openKey: table.openKey })}
          {...(table.tieBreaker !== undefined && { tieBreaker: table.tieBreaker })}
          {...(table.menu && { menu: table.menu })}
          {...(table.bulk && { bulk: table.bulk })}
          refetching={list.isFetching && !list.isPending}
          instead={
            list.error && !page ? (
              <QueryFault error={list.error} onRetry={() => void list.refetch()} />
            ) : page && page.total === 0 && !filtered ? (
              empty
            ) : page && page.matched === 0 ? (
              <NoMatch title={noMatch(format.count(page.total))} onClear={onClear} filters={url.q && `“${url.q}”`} />
            ) : undefined
          }
          foot={
            page &&
            page.matched > 0 && (
              <TableFoot
                url={url}
                matched={page.matched}
                ticks={table.bulk !== undefined}
                ageMs={page.at === 0 ? null : Date.now() - page.at}
                missing={
                  missing.length > 0 &&
                  missingText({
                    who: missing.map(({ who }) => who).join(', '),
                    touches: missing.reduce((sum, { touches }) => sum + touches, 0),
                  })
                }
              />
            )
          }
        />
      </Panel>
      {children}
    </>
  )
}

const toggled = <T extends string>(chosen: readonly T[], one: T): T[] =>
  chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one]
/** Chips of one kind, each with how many there are: at least so many where a broker is silent. */
export function FacetChips<T extends string>(props: {
  readonly of: readonly T[]
  readonly chosen: readonly T[]
  readonly counts: Page<unknown>['facets'] | undefined
  readonly word: (one: T) => string
  readonly onChange: (chosen: T[]) => void
}) {
  const { of, chosen, counts, word, onChange } = props
  const format = useFormat()
  return of.map((one) => {
    const found = counts?.find(({ key }) => key === one)
    return (
      <Chip
        key={one}
        on={chosen.includes(one)}
        count={found === undefined ? undefined : `${found.atLeast ? '≥ ' : ''}${format.count(found.count)}`}
        onClick={() => onChange(toggled(chosen, one))}
      >
        {word(one)}
      </Chip>
    )
  })
}
export const FacetRule = () => <i className="mx-1 h-[18px] w-px bg-line max-sm:hidden" />

/** What every row's menu begins with. */
export const OpenItem = ({ onOpen }: { onOpen: () => void }) => {
  const t = useTranslations('shell')
  return (
    <MenuItem icon={<List />} onSelect={onOpen}>
      {t('openRow')}
    </MenuItem>
  )
}
export const CopyNameItem = ({ name }: { name: string }) => {
  const t = useTranslations('shell')
  const toast = useToast()
  const { copy } = useCopy()
  return (
    <MenuItem
      icon={<Copy />}
      onSelect={() =>
        void copy(name).then((done) =>
          toast(done ? { text: t('nameCopied', { name }) } : { state: 'warn', text: t('notCopied', { name }) }),
        )
      }
    >
      {t('copyName')}
    </MenuItem>
  )
}
