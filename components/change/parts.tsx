'use client'
// components/change/parts.tsx: what previews and results have in common: the steps of a wizard, the list of warnings, the
// notice of a preview that was taken anew, the result item by item.
import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { ApplyResult } from '../../server/shared/views'
import { useFormat } from '../format'
import { cn } from '../ui/cn'
import { Mark, type Shape } from '../ui/mark'
import { Panel, PanelFoot } from '../ui/panel'
import { Table, Td, Th, Tr } from '../ui/table'

export interface Step {
  readonly label: string
  /** What was chosen there. */
  readonly note?: string | undefined
}
export const Steps = ({ steps, at, onGo }: { steps: readonly Step[]; at: number; onGo: (step: number) => void }) => {
  const t = useTranslations('change')
  return (
    <ol
      aria-label={t('steps')}
      className="-mx-5 -mt-4 mb-3.5 flex items-center gap-3 border-hair border-b px-5 py-3 text-[13px] max-sm:-mx-4 max-sm:gap-2 max-sm:px-4"
    >
      {steps.map((step, index) => {
        const done = index < at
        const current = index === at
        return (
          <li key={step.label} className={cn('flex items-center gap-3', index > 0 && 'flex-1')}>
            {index > 0 && <i className="h-px min-w-3.5 flex-1 bg-line" />}
            <button
              type="button"
              disabled={!done}
              aria-current={current ? 'step' : undefined}
              onClick={() => onGo(index)}
              className="flex items-center gap-2 rounded-md text-ink-3 enabled:hover:text-ink"
            >
              <span
                className={cn(
                  'grid size-5 place-items-center rounded-full font-semibold text-[11.5px]',
                  done && 'bg-tide-wash text-tide',
                  current && 'bg-tide text-on-tide',
                  !done && !current && 'border border-control',
                )}
              >
                {done ? <Check className="size-[13px]" /> : index + 1}
              </span>
              <span className={cn('max-sm:sr-only', current && 'font-strong text-ink max-sm:not-sr-only')}>
                {step.label}
              </span>
              {step.note !== undefined && (
                <span className="max-w-60 truncate whitespace-nowrap text-ink-3 text-sm max-sm:hidden">
                  {step.note}
                </span>
              )}
            </button>
          </li>
        )
      })}
    </ol>
  )
}

export interface Note {
  readonly key: string
  readonly state: Shape
  readonly text: ReactNode
}
export const Notes = ({ notes }: { notes: readonly Note[] }) =>
  notes.length === 0 ? null : (
    <ul className="overflow-hidden rounded-lg border border-line bg-panel">
      {notes.map(({ key, state, text }) => (
        <li
          key={key}
          className="flex min-h-[30px] items-center gap-2 border-hair border-t px-3 py-1 text-ink-2 text-sm first:border-t-0 [&_b]:font-strong [&_b]:text-ink"
        >
          <Mark state={state} />
          <span className="min-w-0">{text}</span>
        </li>
      ))}
    </ul>
  )

/** Nothing was done: what is below is not what was confirmed. */
export const TakenAnew = ({ why }: { why: 'drift' | 'old' }) => {
  const t = useTranslations('change')
  return (
    <p role="alert" className="flex items-start gap-2 rounded-lg bg-warn-wash px-3 py-2 text-sm text-warn">
      <Mark state="warn" className="mt-[3px]" />
      <span>{t(`anew.${why}`)}</span>
    </p>
  )
}

export const ResultTable = ({ result, subject }: { result: ApplyResult; subject: string }) => {
  const t = useTranslations('change')
  const format = useFormat()
  const withOffsets = result.rows.some((row) => row.after !== null)
  // What was set and what stands now are two things: clients go on reading from there at once.
  const withNow = result.rows.some((row) => row.now !== null)
  return (
    <Panel
      ruled
      title={result.failed === 0 ? t('allDone') : result.ok === 0 ? t('nothingDone') : t('partlyDone')}
      about={t('doneCount', { ok: result.ok, failed: result.failed, took: format.duration(result.tookMs) })}
    >
      <Table density="compact">
        <thead>
          <tr>
            <Th>{subject}</Th>
            <Th>{t('result')}</Th>
            {withOffsets && <Th number>{t('before')}</Th>}
            {withOffsets && <Th number>{withNow ? t('setTo') : t('after')}</Th>}
            {withNow && <Th number>{t('now')}</Th>}
            <Th>{t('answer')}</Th>
          </tr>
        </thead>
        <tbody>
          {result.rows.map((row) => (
            <Tr key={row.item}>
              <Td className="mono">{row.queue ? `${row.queue.broker}/${row.queue.queueId}` : row.item}</Td>
              <Td>
                <span className="flex items-center gap-1.5">
                  <Mark state={row.ok ? 'ok' : 'crit'} />
                  {row.ok ? t('ok') : t('failed')}
                </span>
              </Td>
              {withOffsets && (
                <Td number className="mono text-ink-2">
                  {row.before === null ? '–' : format.count(row.before)}
                </Td>
              )}
              {withOffsets && (
                <Td number className="mono">
                  {row.after === null ? '–' : format.count(row.after)}
                </Td>
              )}
              {withNow && (
                <Td number className="mono text-ink-2">
                  {row.now === null ? '–' : format.count(row.now)}
                </Td>
              )}
              {row.now !== null && row.now !== row.after ? (
                <Td className="text-ink-3 text-xs">{t('committedSince')}</Td>
              ) : (
                <Td className="text-crit text-xs" title={row.error ?? undefined}>
                  {row.error}
                </Td>
              )}
            </Tr>
          ))}
        </tbody>
      </Table>
      <PanelFoot className="border-t-0">{t('audited')}</PanelFoot>
    </Panel>
  )
}
