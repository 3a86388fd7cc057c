'use client'
// components/data-table/cards.tsx: rows on a phone: a name, its state, two or three values with their heads, a line.
import { Fragment } from 'react'
import { useTranslations } from 'use-intl'
import { cn } from '../ui/cn'
import { Checkbox } from '../ui/tick'
import type { Column } from './columns'

/** What is ticked, where rows can be. */
export interface CardTicks {
  readonly all: boolean | 'indeterminate'
  readonly onAll: (on: boolean) => void
  readonly has: (key: string) => boolean
  readonly onTick: (key: string, on: boolean) => void
}

/** A value alone has the whole line. */
const places = ['', 'grid-cols-1', 'grid-cols-2', 'grid-cols-3']

export function Cards<Row>(props: {
  rows: readonly Row[]
  columns: readonly Column<Row>[]
  rowKey: (row: Row) => string
  onOpen: ((row: Row) => void) | undefined
  ticks: CardTicks | undefined
}) {
  const { rows, columns, rowKey, onOpen, ticks } = props
  const t = useTranslations('dataTable')
  const of = (place: Column<Row>['card']) => columns.filter((column) => column.card === place)
  const names = of('name')
  const states = of('state')
  const values = of('value')
  const lines = columns.flatMap((column) => {
    const draw = column.cardLine ?? (column.card === 'line' ? column.cell : undefined)
    return draw === undefined ? [] : [{ id: column.id, draw }]
  })
  return (
    <ul>
      {ticks && rows.length > 0 && (
        <li className="flex min-h-11 items-center border-hair border-b bg-sunken px-3 text-ink-2">
          <Checkbox checked={ticks.all} onChange={ticks.onAll}>
            {t('tickAll')}
          </Checkbox>
        </li>
      )}
      {rows.map((row) => (
        <li
          key={rowKey(row)}
          className={cn(
            'border-hair border-b last:border-b-0',
            ticks && 'flex items-start pl-3',
            ticks?.has(rowKey(row)) && 'bg-selected',
          )}
        >
          {ticks && (
            <span className="flex h-11 flex-none items-center">
              <Checkbox
                checked={ticks.has(rowKey(row))}
                onChange={(on) => ticks.onTick(rowKey(row), on)}
                label={t('tick', { name: rowKey(row) })}
              />
            </span>
          )}
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the name inside is the link for keyboards; the card only widens its target */}
          {/* biome-ignore lint/a11y/noStaticElementInteractions: see above */}
          <div
            className={cn('min-w-0 flex-1 px-3 py-2.5', onOpen && 'active:bg-hover')}
            onClick={(event) => {
              if (event.target instanceof Element && event.target.closest('a,button') === null) onOpen?.(row)
            }}
          >
            <div className="flex min-h-6 items-center gap-2 font-medium">
              <span className="min-w-0 flex-1">
                {names.map((column) => (
                  <Fragment key={column.id}>{column.cell(row)}</Fragment>
                ))}
              </span>
              {states.map((column) => (
                <span key={column.id} className="flex-none text-sm">
                  {column.cell(row)}
                </span>
              ))}
            </div>
            <div className="mt-1 flex items-end gap-2">
              <dl className={cn('grid min-w-0 flex-1 gap-x-2 text-sm', places[Math.min(values.length, 3)])}>
                {values.map((column) => (
                  <div key={column.id} className="min-w-0">
                    <dt className="truncate text-ink-3 text-xs">{column.head}</dt>
                    <dd className="tnum truncate font-strong [&_.justify-between]:justify-start [&_.justify-end]:flex-row-reverse [&_.justify-end]:justify-end">
                      {(column.cardCell ?? column.cell)(row)}
                    </dd>
                  </div>
                ))}
              </dl>
              {lines.map((line) => (
                <span key={line.id} className="flex-none">
                  {line.draw(row)}
                </span>
              ))}
            </div>
          </div>
        </li>
      ))}
    </ul>
  )
}
