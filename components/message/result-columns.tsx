'use client'
// components/message/result-columns.tsx: the columns of found messages.
import { Lock } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslations } from 'use-intl'
import type { MessageRow } from '../../server/shared/views'
import type { Column } from '../data-table'
import { Name, NotApplicable, useFormat } from '../format'
import { Tag } from '../ui/tag'

export const useResultColumns = (withTopic: boolean): readonly Column<MessageRow>[] => {
  const t = useTranslations('message.column')
  const format = useFormat()
  return useMemo<readonly Column<MessageRow>[]>(
    () => [
      {
        id: 'stored',
        head: t('stored'),
        name: t('storedLong'),
        widthPx: 122,
        priority: 0,
        sort: 'descending',
        card: 'name',
        cell: (row) => (
          <time className="mono" dateTime={format.isoTime(row.storedAt)} title={format.isoTime(row.storedAt)}>
            {format.time(row.storedAt)}
          </time>
        ),
      },
      ...(withTopic
        ? [
            {
              id: 'topic',
              head: t('topic'),
              name: t('topic'),
              priority: 1,
              card: 'value' as const,
              cell: (row: MessageRow) => <Name>{row.topic}</Name>,
            },
          ]
        : []),
      {
        id: 'place',
        head: t('place'),
        name: t('placeLong'),
        widthPx: 176,
        priority: 2,
        number: true,
        card: 'value',
        cell: (row) => (
          <span className="mono" title={`${row.broker}/${row.queueId} @ ${format.count(row.queueOffset)}`}>
            <span className="text-ink-3">
              {row.broker.replace(/^broker-/, '')}/{row.queueId} @
            </span>{' '}
            {format.count(row.queueOffset)}
          </span>
        ),
      },
      {
        id: 'key',
        head: t('key'),
        name: t('keyLong'),
        priority: 1,
        card: 'value',
        cell: (row) => (row.keys.length > 0 ? <Name>{row.keys.join(' ')}</Name> : <NotApplicable />),
      },
      {
        id: 'tag',
        head: t('tag'),
        name: t('tag'),
        widthPx: 110,
        priority: 3,
        cell: (row) => row.tag && <Tag className="mono max-w-full truncate">{row.tag}</Tag>,
      },
      {
        id: 'preview',
        head: t('body'),
        name: t('body'),
        priority: 0,
        card: 'value',
        // Without the right nothing of a body is sent here: that is no empty body.
        cell: (row) =>
          row.preview === null ? (
            <span className="flex items-center gap-1 text-ink-3 text-xs" title={t('noBodyLong')}>
              <Lock aria-hidden className="size-3 flex-none" />
              {t('noBody')}
            </span>
          ) : (
            <span className="mono text-ink-2 text-xs">{row.preview}</span>
          ),
      },
      {
        id: 'size',
        head: t('size'),
        name: t('size'),
        widthPx: 84,
        priority: 3,
        number: true,
        card: 'line',
        cell: (row) => {
          const { digits, unit } = format.messageBytes(row.sizeBytes)
          return (
            <span className="text-ink-2">
              {digits}
              <span className="unit">{unit}</span>
            </span>
          )
        },
      },
    ],
    [t, format, withTopic],
  )
}
