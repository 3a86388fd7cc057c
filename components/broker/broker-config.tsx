'use client'
// components/broker/broker-config.tsx: every property of a broker, beside its default. What may be changed is changed here, after
// it was shown before and after; what may not says why.
import { Pencil, RotateCcw } from 'lucide-react'
import { useQueryState } from 'nuqs'
import { useMemo, useState } from 'react'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { BrokerView, ConfigEntry } from '../../server/shared/views'
import { FilterBox } from '../data-table'
import { UnknownWord, useFormat } from '../format'
import { useWhyNot } from '../shell/why-not'
import { Button } from '../ui/button'
import { cn } from '../ui/cn'
import { Input } from '../ui/input'
import { Panel } from '../ui/panel'
import { NoMatch, Unsupported } from '../ui/region'
import { Segmented } from '../ui/segmented'
import { Select } from '../ui/select'
import { Table, Td, Th, Tr } from '../ui/table'
import { Chip } from '../ui/tag'
import { ConfigDialog } from './config-dialog'
import { valueFault } from './config-value'
import { useBroker } from './use-broker'

export function BrokerConfig() {
  const { data } = useBroker()
  const t = useTranslations('broker')
  if (!data) return null
  if (!isKnown(data.config))
    return (
      <Panel>
        <Unsupported title={<UnknownWord reason={data.config.unknown} />}>{t('config.none')}</Unsupported>
      </Panel>
    )
  return <ConfigTable view={data} entries={data.config.value} />
}

const isChanged = (entry: ConfigEntry) => entry.default !== null && entry.value !== entry.default

type Show = 'all' | 'changed' | 'editable'

function ConfigTable({ view, entries }: { view: BrokerView; entries: readonly ConfigEntry[] }) {
  const t = useTranslations('broker')
  const whyNot = useWhyNot()('broker.write')
  const [q, setQ] = useQueryState('q', { defaultValue: '' })
  const [show, setShow] = useQueryState('show', { defaultValue: 'all' })
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({})
  const [asking, setAsking] = useState(false)
  /** A broker that runs elsewhere tells values only; then there is nothing to compare with. */
  const hasDefaults = entries.some((entry) => entry.default !== null)
  const only: Show = show === 'changed' || show === 'editable' ? show : 'all'
  const shown = useMemo(() => {
    const wanted = q.toLowerCase()
    return entries.filter(
      (entry) =>
        (entry.key.toLowerCase().includes(wanted) || entry.value.toLowerCase().includes(wanted)) &&
        (only === 'all' || (only === 'changed' ? isChanged(entry) : entry.editable)),
    )
  }, [entries, q, only])
  const changes = entries.flatMap((entry) => {
    const after = typed[entry.key]
    return after === undefined || after === entry.value ? [] : [{ entry, after }]
  })
  const wrong = changes.filter(({ entry, after }) => valueFault(entry, after) !== null)
  const put = (key: string, value: string | null) =>
    setTyped((before) => {
      const { [key]: _, ...others } = before
      return value === null ? others : { ...others, [key]: value }
    })
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <FilterBox
          value={q}
          onChange={(next) => void setQ(next || null)}
          placeholder={t('config.filter')}
          className="w-64"
        />
        {(['all', 'changed', 'editable'] as const)
          .filter((choice) => hasDefaults || choice !== 'changed')
          .map((choice) => (
            <Chip
              key={choice}
              on={only === choice}
              count={
                entries.filter(
                  (entry) => choice === 'all' || (choice === 'changed' ? isChanged(entry) : entry.editable),
                ).length
              }
              onClick={() => void setShow(choice === 'all' ? null : choice)}
            >
              {t(`config.show.${choice}`)}
            </Chip>
          ))}
        <span className="flex-1" />
        {changes.length > 0 ? (
          <>
            <Button look="ghost" onClick={() => setTyped({})}>
              {t('config.discard')}
            </Button>
            <Button
              look="primary"
              reason={whyNot ?? (wrong.length > 0 ? t('config.fixFirst') : undefined)}
              onClick={() => setAsking(true)}
            >
              {t('config.review', { count: changes.length })}
            </Button>
          </>
        ) : null}
      </div>
      <Panel className="flex-none">
        {shown.length === 0 ? (
          <NoMatch
            title={t('config.noMatch', { count: entries.length })}
            onClear={() => {
              void setQ(null)
              void setShow(null)
            }}
          />
        ) : (
          <Table>
            <thead>
              <tr>
                <Th className="w-[38%]">{t('config.key')}</Th>
                <Th>{t('config.value')}</Th>
                {hasDefaults ? <Th className="w-[22%] max-md:hidden">{t('config.default')}</Th> : null}
                <Th className="w-44 max-lg:hidden">{t('config.change')}</Th>
              </tr>
            </thead>
            <tbody>
              {shown.map((entry) => (
                <ConfigRow
                  key={entry.key}
                  entry={entry}
                  changed={isChanged(entry)}
                  typed={typed[entry.key]}
                  onType={(value) => put(entry.key, value)}
                  locked={whyNot}
                  withDefault={hasDefaults}
                />
              ))}
            </tbody>
          </Table>
        )}
      </Panel>
      <ConfigDialog view={view} changes={changes} open={asking} onOpenChange={setAsking} onDone={() => setTyped({})} />
    </>
  )
}

interface ConfigRowProps {
  readonly entry: ConfigEntry
  readonly changed: boolean
  readonly typed: string | undefined
  readonly onType: (value: string | null) => void
  readonly locked: string | undefined
  readonly withDefault: boolean
}
function ConfigRow({ entry, changed, typed, onType, locked, withDefault }: ConfigRowProps) {
  const t = useTranslations('broker')
  const format = useFormat()
  const { key, value, editable, whyNot } = entry
  const readable = readableValue(entry, format)
  const fault = typed === undefined ? null : valueFault(entry, typed)
  return (
    <Tr selected={typed !== undefined && typed !== value}>
      <Td className="mono" title={key}>
        {key}
      </Td>
      <Td className={cn(typed !== undefined && 'overflow-visible')}>
        {typed === undefined ? (
          <span className="flex items-center gap-2">
            <span className={cn('mono truncate', changed && 'font-medium text-ink')} title={value}>
              {value === '' ? <span className="text-ink-3">{t('config.empty')}</span> : value}
            </span>
            {readable ? <span className="text-xs whitespace-nowrap text-ink-3">{readable}</span> : null}
          </span>
        ) : (
          <ConfigInput
            entry={entry}
            value={typed}
            fault={fault ? t(`config.fault.${fault}`, { min: entry.min ?? '', max: entry.max ?? '' }) : null}
            onChange={onType}
          />
        )}
      </Td>
      {withDefault ? (
        <Td className="mono text-ink-3 max-md:hidden" title={entry.default ?? undefined}>
          {entry.default === null ? <span className="font-sans">–</span> : changed ? entry.default : t('config.same')}
        </Td>
      ) : null}
      <Td className="max-lg:hidden">
        {!editable ? (
          <span className="text-xs text-ink-3">{t(`config.whyNot.${whyNot ?? 'not-listed'}`)}</span>
        ) : typed === undefined ? (
          <Button look="ghost" size="sm" className="-ml-2" reason={locked} onClick={() => onType(value)}>
            <Pencil />
            {t('config.edit')}
          </Button>
        ) : (
          <Button look="ghost" size="sm" className="-ml-2" onClick={() => onType(null)}>
            <RotateCcw />
            {t('config.undo')}
          </Button>
        )}
      </Td>
    </Tr>
  )
}

function ConfigInput({
  entry,
  value,
  fault,
  onChange,
}: {
  entry: ConfigEntry
  value: string
  fault: string | null
  onChange: (value: string) => void
}) {
  if (entry.type === 'boolean')
    return (
      <Segmented
        label={entry.key}
        value={value === 'true' ? 'true' : 'false'}
        onChange={onChange}
        choices={[
          { value: 'true', label: 'true' },
          { value: 'false', label: 'false' },
        ]}
        className="h-6.5 [&_button]:leading-6"
      />
    )
  if (entry.key === 'flushDiskType')
    return (
      <Select
        label={entry.key}
        mono
        value={value}
        onChange={onChange}
        choices={['ASYNC_FLUSH', 'SYNC_FLUSH'].map((one) => ({ value: one, label: one }))}
        className="h-6.5 max-w-60"
      />
    )
  return (
    <span className="flex items-center gap-2">
      <Input
        autoFocus
        mono
        aria-label={entry.key}
        aria-invalid={fault !== null}
        inputMode={entry.type === 'number' ? 'numeric' : undefined}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        frame="h-6.5 max-w-60"
      />
      {fault ? <span className="text-xs whitespace-nowrap text-crit">{fault}</span> : null}
    </span>
  )
}

/** `4194304` is `4.00 MiB`: beside the wire's own number, not in place of it. */
export function readableValue({ value, unit }: ConfigEntry, format: ReturnType<typeof useFormat>): string | null {
  const number = Number(value)
  if (unit === null || value === '' || !Number.isFinite(number)) return null
  if (unit === 'bytes') return number >= 1024 ? format.bytes(number) : null
  if (unit === 'ms') return number >= 1000 ? format.duration(number) : null
  return null
}
