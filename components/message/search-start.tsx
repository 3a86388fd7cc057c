'use client'
// components/message/search-start.tsx: what stands there before anything is asked: the ways to find a message, and a topic to
// begin with.
import { Clock, Hash, KeyRound } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../ui/button'
import { Panel } from '../ui/panel'
import { TopicInput } from './search-filters'

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
                <TopicInput value={topic} onChange={setTopic} label={t('topic.label')} />
                <Button type="submit" disabled={topic.trim() === ''}>
                  {t('topic.go')}
                </Button>
              </form>
            )}
          </section>
        ))}
      </div>
    </Panel>
  )
}
