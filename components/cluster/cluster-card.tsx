'use client'
// components/cluster/cluster-card.tsx: one cluster among others: its colour, how it is, its figures, how it is reached.
import { Pencil } from 'lucide-react'
import { useTranslations } from 'use-intl'
import type { ClusterCard, ClusterInfo, ClusterSettings } from '../../server/shared/views'
import { TotalValue, useFormat, Value } from '../format'
import { clusterHref } from '../shell/address'
import { verdictMark } from '../shell/cluster-switcher'
import { spineOf } from '../shell/spine'
import { Button } from '../ui/button'
import { Link } from '../ui/link'
import { Mark } from '../ui/mark'
import { EnvTag, Tag } from '../ui/tag'

interface CardProps {
  readonly card: ClusterCard
  readonly info: ClusterInfo | undefined
  /** Only an admin sees how it is reached. */
  readonly settings: ClusterSettings | undefined
  readonly onEdit: (() => void) | undefined
}
export function ClusterCardPanel({ card, info, settings, onEdit }: CardProps) {
  const t = useTranslations('clusters')
  const tShell = useTranslations('shell')
  const format = useFormat()
  const tags = [
    card.bundled ? t('tag.bundled') : t('tag.external'),
    ...(card.readOnly ? [tShell('readOnly')] : []),
    ...(settings && settings.tls !== 'off' ? [t(`tls.${settings.tls}`)] : []),
    ...(settings?.hasSecret ? [t('tag.signed')] : []),
  ]
  return (
    <section
      aria-label={card.name}
      className="relative flex h-full flex-col overflow-hidden rounded-lg border border-line bg-panel pl-1"
    >
      <i aria-hidden className="absolute inset-y-0 left-0 w-1" style={{ background: spineOf(card.colour) }} />
      <header className="flex min-h-11 items-center gap-2 px-3 pt-2.5">
        <Mark state={verdictMark[card.verdict]} label={tShell(`verdict.${card.verdict}`)} className="size-3.5" />
        <h2 className="min-w-0 truncate text-[15px] font-semibold">
          <Link quiet href={clusterHref(card.id)}>
            {card.name}
          </Link>
        </h2>
        {card.production ? <EnvTag>{tShell('prod')}</EnvTag> : null}
        {onEdit ? (
          <Button
            look="ghost"
            shape="icon"
            className="ml-auto"
            aria-label={t('edit', { name: card.name })}
            onClick={onEdit}
          >
            <Pencil />
          </Button>
        ) : null}
      </header>
      <p className="mono truncate px-3 text-ink-3 text-xs" title={card.namesrv.join(', ')}>
        {card.namesrv.join(', ')}
      </p>
      <p className="flex flex-wrap gap-1 px-3 pt-2">
        {tags.map((tag) => (
          <Tag key={tag}>{tag}</Tag>
        ))}
        {info?.versions.map((version) => (
          <Tag key={version} className="mono">
            {version}
          </Tag>
        ))}
      </p>
      <dl className="mt-2.5 grid grid-cols-4 border-hair border-t *:px-3 *:py-2 *:not-first:border-l *:not-first:border-hair">
        {(
          [
            [
              'brokers',
              <Value key="b" of={card.brokers}>
                {(count) => format.count(count)}
              </Value>,
            ],
            [
              'in',
              <TotalValue key="i" of={card.inPerSecond}>
                {(rate) => format.rateDigits(rate)}
              </TotalValue>,
            ],
            [
              'out',
              <TotalValue key="o" of={card.outPerSecond}>
                {(rate) => format.rateDigits(rate)}
              </TotalValue>,
            ],
            [
              'lag',
              <TotalValue key="l" of={card.lag}>
                {(lag) => {
                  const { digits, unit } = format.figure(lag)
                  return `${digits}${unit ? ` ${unit}` : ''}`
                }}
              </TotalValue>,
            ],
          ] as const
        ).map(([name, value]) => (
          <div key={name} className="min-w-0 border-hair">
            <dt className="truncate text-[11px]/[14px] text-ink-3">{t(`figure.${name}`)}</dt>
            <dd className="tnum truncate font-strong text-[15px]/[20px]">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
