// components/ui/table.tsx: the parts of a real table, in the console's measures. Sorting, paging and virtual rows belong to
// components/data-table; these only draw.
import { ArrowDown, ArrowUp } from 'lucide-react'
import type { ComponentProps } from 'react'
import { cn } from './cn'

/** Rows take the reader's density; `compact` and `roomy` fix it (panels of detail pages, tables with rails). */
export const Table = ({ density, className, ...rest }: ComponentProps<'table'> & { density?: 'compact' | 'roomy' }) => (
  <table
    className={cn(
      'w-full table-fixed border-separate border-spacing-0 text-sm',
      density === 'compact' && '[--row:28px] [--cell-x:10px]',
      density === 'roomy' && '[--row:40px] [--cell-x:10px]',
      className,
    )}
    {...rest}
  />
)

export interface HeadCellProps extends ComponentProps<'th'> {
  readonly number?: boolean | undefined
  /** Set on a column that can be sorted; undefined while another one is. */
  readonly sorted?: 'ascending' | 'descending' | undefined
  readonly onSort?: (() => void) | undefined
}
export function Th({ number, sorted, onSort, className, children, ...rest }: HeadCellProps) {
  const arrow = sorted === 'ascending' ? <ArrowUp /> : sorted === 'descending' ? <ArrowDown /> : null
  return (
    <th
      scope="col"
      aria-sort={onSort ? (sorted ?? 'none') : undefined}
      className={cn(
        'narrow h-[27px] border-b border-line bg-sunken px-(--cell-x) text-left text-xs font-medium whitespace-nowrap text-ink-3 first:pl-3 last:pr-3 [&_.lucide]:ml-[3px] [&_.lucide]:inline-block [&_.lucide]:size-[11px] [&_.lucide]:align-[-2px]',
        number && 'text-right',
        sorted && 'text-ink',
        className,
      )}
      {...rest}
    >
      {onSort ? (
        <button
          type="button"
          onClick={onSort}
          className={cn('h-6 max-w-full truncate font-medium hover:text-ink', number && 'text-right')}
        >
          {children}
          {arrow}
        </button>
      ) : (
        children
      )}
    </th>
  )
}

export const Td = ({ number, className, ...rest }: ComponentProps<'td'> & { number?: boolean | undefined }) => (
  <td
    className={cn(
      'h-(--row) overflow-hidden border-b border-hair px-(--cell-x) text-ellipsis whitespace-nowrap first:pl-3 last:pr-3',
      number && 'text-right',
      className,
    )}
    {...rest}
  />
)

export interface RowProps extends ComponentProps<'tr'> {
  readonly selected?: boolean | undefined
  /** It opens something: shows itself under the pointer. */
  readonly opens?: boolean | undefined
}
export const Tr = ({ selected, opens, className, ...rest }: RowProps) => (
  <tr
    aria-selected={selected}
    className={cn(
      'last:[&>td]:border-b-0',
      opens && 'cursor-pointer hover:[&>td]:bg-hover',
      selected && '[&>td]:bg-selected hover:[&>td]:bg-selected [&>td:first-child]:shadow-[inset_2px_0_0_var(--tide)]',
      className,
    )}
    {...rest}
  />
)
