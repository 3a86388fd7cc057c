'use client'
// components/message/search-start.tsx: what stands there before anything is asked: the ways to find a message, and a topic to
// begin with.
import { useQuery } from '@tanstack/react-query'
import { Clock, Hash, KeyRound } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import { Name } from '../format'
import { useClusterId } from '../shell/cluster'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Panel } from '../ui/panel'
import { TopicInput } from './search-filters'

const MOST_LAST = 8

/** One press to what came last: what is looked for most often is there. */
const LastTopics = ({ onTopic }: { onTopic: (topic: string) => void }) => {
  const t = useTranslations('message.start')
  const trpc = useTRPC()
  const cluster = useClusterId()
  const list = useQuery(
    trpc.topic.list.queryOptions(
      { cluster, sort: '-last,name', size: MOST_LAST },
      { meta: { still: true }, staleTime: 30_000 },
    ),
  )
  const names = list.data?.rows.filter(({ lastMessageAt: at }) => isKnown(at) && at.value !== null) ?? []
  if (names.length === 0) return null
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1.5 border-hair border-t px-4 py-2.5">
      <span className="text-ink-3 text-sm">{t('last')}</span>
      {names.map(({ name }) => (
        <Button key={name} size="sm" className="max-w-full" onClick={() => onTopic(name)}>
          <Name>{name}</Name>
        </Button>
      ))}
    </div>
  )
}

export const SearchStart = ({ onTopic }: { onTopic: (topic: string) => void }) => {
  const t = useTranslations('message.start')
  const [topic, setTopic] = useState('')
  const ways = [
    { icon: <Hash />, key: 'id' },
    { icon: <KeyRound />, key: 'key' },
    { icon: <Clock />, key: 'topic' },
  ] as const
  return (
    <Panel title={t('title')} ruled className="flex-none">
      <div className="grid grid-cols-3 max-md:grid-cols-1">
        {ways.map(({ icon, key }) => (
          <section
            key={key}
            className="border-hair border-l px-4 py-3.5 first:border-l-0 max-md:border-t max-md:border-l-0 max-md:first:border-t-0"
          >
            <h3 className="mb-1 flex items-center gap-2 font-strong text-sm [&_.lucide]:text-ink-3">
              {icon}
              {t(`${key}.title`)}
            </h3>
            <p className="text-ink-3 text-sm">{t(`${key}.text`)}</p>
            {key === 'topic' && (
              <form
                className="mt-2.5 flex gap-2"
                onSubmit={(event) => {
                  event.preventDefault()
                  if (topic.trim() !== '') onTopic(topic.trim())
                }}
              >
                <TopicInput value={topic} onChange={setTopic} label={t('topic.label')} placeholder={t('topic.label')} />
                <Button type="submit" disabled={topic.trim() === ''}>
                  {t('topic.go')}
                </Button>
              </form>
            )}
          </section>
        ))}
      </div>
      <LastTopics onTopic={onTopic} />
    </Panel>
  )
}
