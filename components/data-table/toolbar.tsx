'use client'
// components/data-table/toolbar.tsx: what stands above a list: the filter by words (`/`), which columns, how dense, CSV.
import { Columns3, Download, Rows3, Search } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { type Density, densities } from '../i18n/preference-cookies'
import { usePreferences } from '../i18n/preferences'
import { Button } from '../ui/button'
import { Input } from '../ui/input'
import { Menu, MenuCheck, MenuChoice } from '../ui/menu'
import { Kbd } from '../ui/tag'
import type { Column } from './columns'

const PAUSE_MS = 350

/** Words typed here reach the URL when the reader pauses, so that Back undoes a filter and not a letter. */
export const FilterBox = (props: {
  value: string
  onChange: (q: string) => void
  placeholder: string
  className?: string
}) => {
  const { value, onChange } = props
  const [typed, setTyped] = useState(value)
  const sent = useRef(value)
  useEffect(() => {
    if (value !== sent.current) setTyped(value) // Back, or Clear filters
    sent.current = value
  }, [value])
  useEffect(() => {
    if (typed === sent.current) return
    const timer = setTimeout(() => {
      sent.current = typed
      onChange(typed)
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [typed, onChange])
  return (
    <Input
      data-filter
      type="search"
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && typed !== '') {
          event.preventDefault()
          setTyped('')
        } else if (event.key === 'Escape') event.currentTarget.blur()
      }}
      placeholder={props.placeholder}
      aria-label={props.placeholder}
      leading={<Search />}
      trailing={<Kbd className="max-sm:hidden">/</Kbd>}
      frame={props.className}
    />
  )
}

/** Which columns are drawn; what nobody chose is as the table brings it. */
export const chosenColumns = <Row,>(
  columns: readonly Column<Row>[],
  cols: readonly string[] | null,
): readonly Column<Row>[] =>
  cols === null
    ? columns.filter((column) => column.optional !== true)
    : columns.filter((column) => column.priority === 0 || cols.includes(column.id))

export const ColumnsMenu = <Row,>(props: {
  columns: readonly Column<Row>[]
  cols: readonly string[] | null
  onChange: (cols: readonly string[] | null) => void
}) => {
  const t = useTranslations('dataTable')
  const shown = chosenColumns(props.columns, props.cols)
  const usual = chosenColumns(props.columns, null)
  const change = (id: string, on: boolean) => {
    const next = props.columns
      .filter((column) => (column.id === id ? on : shown.includes(column)))
      .map((column) => column.id)
    props.onChange(next.join() === usual.map((column) => column.id).join() ? null : next)
  }
  return (
    <Menu
      trigger={
        <Button className="max-sm:hidden">
          <Columns3 />
          {t('columns')}
          <span className="tnum font-normal text-ink-3">{shown.length}</span>
        </Button>
      }
    >
      {props.columns
        .filter((column) => column.priority > 0)
        .map((column) => (
          <MenuCheck key={column.id} checked={shown.includes(column)} onChange={(on) => change(column.id, on)}>
            {column.name}
          </MenuCheck>
        ))}
    </Menu>
  )
}

export const DensityMenu = () => {
  const t = useTranslations('dataTable')
  const { density, change } = usePreferences()
  return (
    <Menu
      trigger={
        <Button className="max-sm:hidden">
          <Rows3 />
          {t(`density.${density}`)}
        </Button>
      }
    >
      <MenuChoice<Density>
        value={density}
        onChange={(next) => change({ density: next })}
        choices={densities.map((value) => ({ value, label: t(`density.${value}`) }))}
      />
    </Menu>
  )
}

export const CsvButton = ({ onDownload }: { onDownload: () => Promise<void> }) => {
  const t = useTranslations('dataTable')
  const [busy, setBusy] = useState(false)
  return (
    <Button
      look="ghost"
      busy={busy}
      className="max-sm:hidden"
      onClick={() => {
        setBusy(true)
        void onDownload().finally(() => setBusy(false))
      }}
    >
      <Download />
      {t('csv')}
    </Button>
  )
}
