'use client'
// components/data-table/table-row.tsx: one row of a list: ticked, opened, its menu. Links and buttons inside a row keep their
// own clicks; everything else of the row opens it.
import { Ellipsis } from 'lucide-react'
import type { MouseEvent, ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { cn } from '../ui/cn'
import { Menu } from '../ui/menu'
import { Td, Tr } from '../ui/table'
import { Checkbox } from '../ui/tick'
import type { Column } from './columns'

export interface RowParts<Row> {
  readonly columns: readonly Column<Row>[]
  readonly onOpen: ((row: Row) => void) | undefined
  readonly menu: ((row: Row) => ReactNode) | undefined
  readonly ticks: boolean
  readonly openKey: string | null
  readonly onMenu: (key: string | null) => void
  readonly onActive: (key: string) => void
  readonly rowTone: ((row: Row) => string | undefined) | undefined
}

interface TableRowProps<Row> {
  readonly rowId: string
  readonly row: Row
  readonly parts: RowParts<Row>
  readonly ticked: boolean
  readonly onTick: (checked: boolean) => void
  readonly menuOpen: boolean
  readonly focusable: boolean
}

/** Clicks on something that acts by itself do not open the row, nor does the end of a selection of text. */
const isOwnClick = (event: MouseEvent<HTMLElement>): boolean =>
  (event.target instanceof Element && event.target.closest('a,button,input,label,[role="menuitem"]') !== null) ||
  (window.getSelection()?.toString() ?? '') !== ''

export function TableRow<Row>({ rowId, row, parts, ticked, onTick, menuOpen, focusable }: TableRowProps<Row>) {
  const t = useTranslations('dataTable')
  const { onOpen, menu } = parts
  return (
    <Tr
      data-row={rowId}
      opens={onOpen !== undefined}
      selected={ticked || parts.openKey === rowId}
      tabIndex={onOpen !== undefined || parts.ticks ? (focusable ? 0 : -1) : undefined}
      onFocus={() => parts.onActive(rowId)}
      onClick={(event) => {
        if (!isOwnClick(event)) onOpen?.(row)
      }}
      className={cn('-outline-offset-2', parts.rowTone?.(row))}
    >
      {parts.ticks && (
        <Td className="overflow-visible">
          <Checkbox checked={ticked} onChange={onTick} label={t('tick', { name: rowId })} />
        </Td>
      )}
      {parts.columns.map((column) => (
        <Td key={column.id} number={column.number}>
          {column.cell(row)}
        </Td>
      ))}
      {menu && (
        <Td className="px-1!">
          <Menu
            open={menuOpen}
            onOpenChange={(open) => parts.onMenu(open ? rowId : null)}
            trigger={
              <button
                type="button"
                aria-label={t('actionsOf', { name: rowId })}
                className="grid size-6 place-items-center rounded-md text-ink-3 hover:bg-hover hover:text-ink"
              >
                <Ellipsis className="size-[13px]" />
              </button>
            }
          >
            {menuOpen ? menu(row) : null}
          </Menu>
        </Td>
      )}
    </Tr>
  )
}
