'use client'
// components/data-table/table-foot.tsx: the line under a list: which rows these are, how old, what is missing; paging.
import { ChevronLeft, ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useFormat } from '../format'
import { Button } from '../ui/button'
import { PanelFoot } from '../ui/panel'
import { Select } from '../ui/select'
import { Kbd } from '../ui/tag'
import type { TableUrl } from './table-url'

export interface TableFootProps {
  readonly url: TableUrl
  readonly matched: number
  /** How old the oldest figure is. */
  readonly ageMs: number | null
  /** What did not answer, in words. */
  readonly missing?: ReactNode
  readonly ticks?: boolean
}
const sizes = ['50', '100', '200'] as const

export const TableFoot = ({ url, matched, ageMs, missing, ticks }: TableFootProps) => {
  const t = useTranslations('dataTable')
  const format = useFormat()
  const first = matched === 0 ? 0 : (url.page - 1) * url.size + 1
  const last = Math.min(matched, url.page * url.size)
  const pages = Math.max(1, Math.ceil(matched / url.size))
  return (
    <PanelFoot className="mt-0 gap-3 bg-panel">
      <span className="tnum min-w-0 truncate" suppressHydrationWarning>
        {t('range', { first: format.count(first), last: format.count(last), matched: format.count(matched) })}
        {ageMs !== null && <> · {t('sampled', { ago: format.ago(ageMs) })}</>}
        {missing && <span className="text-warn"> · {missing}</span>}
      </span>
      <span className="flex-1" />
      <span className="flex items-center gap-1.5 max-lg:hidden">
        <Kbd>j</Kbd>
        <Kbd>k</Kbd> {t('move')} <Kbd>Enter</Kbd> {t('open')}{' '}
        {ticks && (
          <>
            <Kbd>x</Kbd> {t('tickKey')}
          </>
        )}
      </span>
      <Select
        label={t('rowsAPage')}
        look="button"
        value={sizes.find((size) => size === String(url.size)) ?? '50'}
        onChange={(size) => url.set({ size: Number(size) })}
        choices={sizes.map((size) => ({ value: size, label: t('aPage', { size }) }))}
        className="h-6 border-transparent bg-transparent px-1 font-normal text-ink-3 text-xs max-sm:hidden"
      />
      <span className="flex gap-1">
        <Button
          shape="icon"
          size="sm"
          aria-label={t('previous')}
          disabled={url.page <= 1}
          onClick={() => url.set({ page: url.page - 1 })}
          className="w-6 h-6"
        >
          <ChevronLeft />
        </Button>
        <Button
          shape="icon"
          size="sm"
          aria-label={t('next')}
          disabled={url.page >= pages}
          onClick={() => url.set({ page: url.page + 1 })}
          className="w-6 h-6"
        >
          <ChevronRight />
        </Button>
      </span>
    </PanelFoot>
  )
}
