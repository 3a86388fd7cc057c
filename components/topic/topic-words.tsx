'use client'
// components/topic/topic-words.tsx: small words about a topic that several of its panels show: its type, its permission.
import { useTranslations } from 'use-intl'
import type { TopicRow, TopicType } from '../../server/shared/views'
import { Tag } from '../ui/tag'

export const TypeTag = ({ type, kind }: { type: TopicType; kind: TopicRow['kind'] }) => {
  const t = useTranslations('topic')
  return <Tag>{kind === 'user' ? t(`type.${type}`) : t(`kind.${kind}`)}</Tag>
}

/** Bits 4 read and 2 write, as brokers hold them. */
export const usePermWord = (): ((perm: number | null) => string) => {
  const t = useTranslations('topic')
  return (perm) => {
    if (perm === null) return t('perm.mixed')
    const read = (perm & 4) !== 0
    const write = (perm & 2) !== 0
    return read && write ? t('perm.readWrite') : read ? t('perm.read') : write ? t('perm.write') : t('perm.none')
  }
}

export const QueueCounts = ({ row }: { row: TopicRow }) => {
  const t = useTranslations('topic')
  const wrong = row.marks.find((mark) => mark === 'not-writable' || mark === 'uneven')
  return (
    <span className={wrong ? 'text-warn' : 'text-ink-2'} title={wrong && t(`mark.${wrong}`)}>
      {row.readQueues} / {row.writeQueues}
      {wrong && <span className="sr-only"> {t(`mark.${wrong}`)}</span>}
    </span>
  )
}
