'use client'
// components/data-table/data-table.tsx: every list of the console. The server pages, sorts and filters; this draws, keeps the
// order still under a pointer, holds the selection by key, and answers to the keyboard. Rows in view only are in the page.
import { type ColumnDef, getCoreRowModel, type RowSelectionState, useReactTable } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { usePreferences } from '../i18n/preferences'
import { cn } from '../ui/cn'
import { Refetching, Skeleton } from '../ui/region'
import { Table, Th } from '../ui/table'
import { Checkbox } from '../ui/tick'
import { Cards } from './cards'
import { type Column, fitColumns, nextSort, parseSort } from './columns'
import { useFrozenOrder } from './frozen-order'
import { useRowKeys } from './row-keys'
import { type RowParts, TableRow } from './table-row'
import { usePhone, useWidth } from './use-width'

export interface DataTableProps<Row> {
  /** Names the table to screen readers. */
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[] | undefined
  readonly rowKey: (row: Row) => string
  /** What the rows are of: page, sort, filters. When it changes, a held order is let go. */
  readonly view?: string
  readonly sort?: string
  readonly onSort?: (sort: string) => void
  /** Breaks ties of a sort. */
  readonly tieBreaker?: string
  readonly onOpen?: (row: Row) => void
  /** The row that is open beside the table. */
  readonly openKey?: string | null
  readonly menu?: (row: Row) => ReactNode
  /** With it rows can be ticked; draws the actions on what is ticked. */
  readonly bulk?: (keys: readonly string[], clear: () => void) => ReactNode
  /** Shown in place of rows: an error, nothing there, nothing that matches. */
  readonly instead?: ReactNode
  readonly refetching?: boolean
  readonly foot?: ReactNode
  readonly density?: 'compact' | 'roomy'
  /** The main table of its page takes the single keys. */
  readonly keyboard?: boolean
  /** Scrolls in its own box (lists) or with the page (panels of a few rows). */
  readonly scrolls?: boolean
  readonly rowTone?: (row: Row) => string | undefined
  readonly skeletonRows?: number
  readonly className?: string
}

const rowHeights = { compact: 28, normal: 32, roomy: 40 } as const
const VIRTUAL_FROM_ROWS = 60

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rows: fresh, rowKey, view = '', tieBreaker = 'name', scrolls = true, keyboard = false } = props
  const t = useTranslations('dataTable')
  const { density: preferred } = usePreferences()
  const phone = usePhone()
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box, 1160)
  const [under, setUnder] = useState(false) // a pointer or the focus is on a row
  const [ticked, setTicked] = useState<RowSelectionState>({})
  const [menuKey, setMenuKey] = useState<string | null>(null)
  const [activeKey, setActiveKey] = useState<string | null>(null)
  const [, redraw] = useState(0)

  const tickedKeys = Object.keys(ticked)
  const frozen = under || tickedKeys.length > 0 || menuKey !== null
  const { rows, changed, release } = useFrozenOrder(fresh ?? [], rowKey, frozen, view)

  const extra = (props.bulk ? 1 : 0) + (props.menu ? 1 : 0)
  const fitting = useMemo(() => fitColumns(columns, width, extra), [columns, width, extra])
  const definitions = useMemo<ColumnDef<Row>[]>(
    () => fitting.map((column) => ({ id: column.id, accessorFn: (row: Row) => row })),
    [fitting],
  )
  const table = useReactTable({
    data: useMemo(() => [...rows], [rows]),
    columns: definitions,
    getRowId: rowKey,
    getCoreRowModel: getCoreRowModel(),
    manualSorting: true,
    manualPagination: true,
    enableRowSelection: props.bulk !== undefined,
    state: { rowSelection: ticked },
    onRowSelectionChange: setTicked,
  })
  const model = table.getRowModel().rows

  const rowHeight = rowHeights[props.density ?? preferred]
  const virtual = scrolls && !phone && model.length > VIRTUAL_FROM_ROWS
  const virtualizer = useVirtualizer({
    count: virtual ? model.length : 0,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  })
  const items = virtualizer.getVirtualItems()
  const above = virtual ? (items[0]?.start ?? 0) : 0
  const below = virtual ? virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0) : 0
  const drawn = virtual ? items.flatMap((item) => model[item.index] ?? []) : model

  const keyAt = (index: number) => model[index]?.id
  const activeIndex = model.findIndex((row) => row.id === (activeKey ?? props.openKey))
  const rowOf = (key: string | null) => model.find((row) => row.id === key)?.original
  useRowKeys(
    {
      move: (by) => {
        const next = Math.min(model.length - 1, Math.max(0, activeIndex < 0 ? 0 : activeIndex + by))
        const key = keyAt(next)
        if (key === undefined) return
        setActiveKey(key)
        if (virtual) virtualizer.scrollToIndex(next)
        // The row may only now come into the page.
        requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`)?.focus())
        const row = model[next]?.original
        if (props.openKey !== undefined && props.openKey !== null && row !== undefined) props.onOpen?.(row)
      },
      open: () => {
        const row = rowOf(activeKey)
        if (row !== undefined) props.onOpen?.(row)
      },
      tick: props.bulk && activeKey !== null ? () => table.getRow(activeKey).toggleSelected() : undefined,
      menu: props.menu && activeKey !== null ? () => setMenuKey(activeKey) : undefined,
    },
    keyboard,
  )
  // What was ticked stays ticked over pages; what the server no longer knows is only dropped by the reader.
  const clear = () => setTicked({})
  useEffect(() => {
    if (model.length > 0 && activeKey !== null && activeIndex < 0 && !frozen) setActiveKey(null)
  }, [model.length, activeKey, activeIndex, frozen])

  const parts: RowParts<Row> = {
    columns: fitting,
    onOpen: props.onOpen,
    menu: props.menu,
    ticks: props.bulk !== undefined,
    openKey: props.openKey ?? null,
    onMenu: setMenuKey,
    onActive: setActiveKey,
    rowTone: props.rowTone,
  }
  const allTicked = model.length > 0 && model.every((row) => row.getIsSelected())
  const someTicked = model.some((row) => row.getIsSelected())
  const sorted = parseSort(props.sort ?? '')[0]

  const body = () => {
    if (props.instead) return props.instead
    if (fresh === undefined) return <Skeleton lines={props.skeletonRows ?? 8} />
    if (phone)
      return (
        <Cards
          rows={model.map((row) => row.original)}
          columns={columns}
          rowKey={rowKey}
          onOpen={props.onOpen}
          ticks={
            props.bulk && {
              all: allTicked ? true : someTicked ? 'indeterminate' : false,
              onAll: (on) => table.toggleAllRowsSelected(on),
              has: (key) => ticked[key] === true,
              onTick: (key, on) => table.getRow(key).toggleSelected(on),
            }
          }
        />
      )
    return (
      <Table
        aria-label={props.label}
        aria-rowcount={model.length + 1}
        {...(props.density === undefined ? {} : { density: props.density })}
      >
        <colgroup>
          {props.bulk && <col style={{ width: 36 }} />}
          {fitting.map((column) => (
            <col key={column.id} {...(column.widthPx === undefined ? {} : { style: { width: column.widthPx } })} />
          ))}
          {props.menu && <col style={{ width: 38 }} />}
        </colgroup>
        <thead className="sticky top-0 z-[2]">
          <tr>
            {props.bulk && (
              <Th>
                <Checkbox
                  label={t('tickAll')}
                  checked={allTicked ? true : someTicked ? 'indeterminate' : false}
                  onChange={(checked) => table.toggleAllRowsSelected(checked)}
                />
              </Th>
            )}
            {fitting.map((column) => (
              <Th
                key={column.id}
                number={column.number}
                title={column.name}
                sorted={sorted?.id === column.id ? (sorted.descending ? 'descending' : 'ascending') : undefined}
                {...(column.sort !== undefined && props.onSort
                  ? {
                      onSort: () =>
                        props.onSort?.(nextSort(props.sort ?? '', column.id, column.sort ?? 'ascending', tieBreaker)),
                    }
                  : {})}
              >
                {column.head}
              </Th>
            ))}
            {props.menu && (
              <Th>
                <span className="sr-only">{t('actions')}</span>
              </Th>
            )}
          </tr>
        </thead>
        <tbody
          onPointerEnter={() => setUnder(true)}
          onPointerLeave={() => setUnder(false)}
          onFocus={() => setUnder(true)}
          onBlur={(event) => {
            if (!event.currentTarget.contains(event.relatedTarget)) setUnder(false)
          }}
        >
          {above > 0 && <tr style={{ height: above }} />}
          {drawn.map((row, index) => (
            <TableRow
              key={row.id}
              rowId={row.id}
              row={row.original}
              parts={parts}
              ticked={row.getIsSelected()}
              onTick={(checked) => row.toggleSelected(checked)}
              menuOpen={menuKey === row.id}
              focusable={activeKey === null ? index === 0 : activeKey === row.id}
            />
          ))}
          {below > 0 && <tr style={{ height: below }} />}
        </tbody>
      </Table>
    )
  }

  return (
    <div className={cn('relative flex min-h-0 min-w-0 flex-col', scrolls && 'flex-1', props.className)}>
      <Refetching when={props.refetching ?? false} />
      <div
        ref={box}
        className={cn('min-h-0 min-w-0', scrolls ? 'flex-1 overflow-x-hidden overflow-y-auto' : 'overflow-hidden')}
      >
        {body()}
      </div>
      {changed && frozen && !props.instead && (
        <button
          type="button"
          className="absolute top-[34px] left-1/2 z-[3] h-6 -translate-x-1/2 rounded-full border border-line bg-raised px-2.5 text-ink-2 text-xs shadow-float hover:text-ink"
          onClick={() => {
            release()
            redraw((count) => count + 1)
          }}
        >
          {t('orderChanged')}
        </button>
      )}
      {tickedKeys.length > 0 && props.bulk && (
        <section
          aria-label={t('ticked', { count: tickedKeys.length })}
          className="enter-float absolute bottom-12 left-1/2 z-[4] flex -translate-x-1/2 items-center gap-2 rounded-xl border border-line bg-raised py-1.5 pr-1.5 pl-3.5 text-sm shadow-float max-sm:fixed max-sm:bottom-[76px] max-sm:w-max max-sm:max-w-[calc(100vw-24px)] max-sm:z-20"
        >
          {props.bulk(tickedKeys, clear)}
        </section>
      )}
      {props.foot}
    </div>
  )
}
