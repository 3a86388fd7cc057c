'use client'
// components/audit/audit-entry.tsx: one line of the audit log with everything that was written into it.
import { useTranslations } from 'use-intl'
import type { AuditRow } from '../../server/shared/views'
import { useFormat } from '../format'
import { CopyButton } from '../ui/copy'
import { Sheet } from '../ui/dialog'
import { Fact, Facts } from '../ui/panel'
import { ResultWord, useClusterNameOf } from './audit-columns'
import { readable } from './audit-range'

export const AuditEntry = ({ row, onClose }: { row: AuditRow | null; onClose: () => void }) => {
  const t = useTranslations('audit')
  const clusterName = useClusterNameOf()
  const format = useFormat()
  const texts =
    row === null
      ? []
      : (['reason', 'error', 'before', 'after'] as const).flatMap((key) => {
          const text = row[key]
          return text === null || text === '' ? [] : [{ key, text: readable(text) }]
        })
  return (
    <Sheet
      open={row !== null}
      onOpenChange={(open) => open || onClose()}
      width="pane"
      title={t('entry', { id: row?.id ?? 0 })}
      about={<span className="mono min-w-0 truncate text-ink text-sm">{row?.action}</span>}
    >
      {row && (
        <div className="flex flex-col gap-4">
          <Facts className="rounded-lg border border-line">
            <Fact name={t('fact.at')}>{format.isoTime(row.at)}</Fact>
            <Fact name={t('fact.who')}>{row.who}</Fact>
            <Fact name={t('fact.from')}>
              <span className="mono">{row.from}</span>
            </Fact>
            <Fact name={t('fact.cluster')}>{row.cluster === null ? t('console') : clusterName(row.cluster)}</Fact>
            <Fact name={t('fact.action')}>
              <span className="mono">{row.action}</span>
            </Fact>
            {row.object !== null && (
              <Fact name={t('fact.object')}>
                <span className="inline-flex max-w-full items-center gap-1">
                  <span className="mono truncate" title={row.object}>
                    {row.object}
                  </span>
                  <CopyButton text={row.object} what={t('copyObject')} className="size-5" />
                </span>
              </Fact>
            )}
            <Fact name={t('fact.result')}>
              <ResultWord of={row.result} />
            </Fact>
            <Fact name={t('fact.took')}>{format.duration(Math.max(1, Math.round(row.tookMs)))}</Fact>
          </Facts>
          {texts.map(({ key, text }) => (
            <section key={key}>
              <h3 className="mb-1.5 font-semibold text-[13px]/[18px]">{t(key)}</h3>
              <pre className="mono overflow-auto rounded-lg border border-line bg-sunken px-3 py-2 text-xs leading-[18px] whitespace-pre-wrap wrap-anywhere">
                {text}
              </pre>
            </section>
          ))}
        </div>
      )}
    </Sheet>
  )
}
