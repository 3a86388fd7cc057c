'use client'
// components/group/reset-scope.tsx: step 1 of a reset: which topics, and which of their queues. The retry topic is listed and
// left out unless somebody ticks it.
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { GroupQueueRow, GroupView } from '../../server/shared/views'
import { useFormat } from '../format'
import { Panel } from '../ui/panel'
import { Empty } from '../ui/region'
import { Checkbox } from '../ui/tick'
import { queueKey, topicsOf } from './reset-plan'

export const ResetScope = (props: {
  view: GroupView
  /** Queues left out, by key. */
  out: ReadonlySet<string>
  onChange: (out: ReadonlySet<string>) => void
}) => {
  const { view, out, onChange } = props
  const t = useTranslations('group.reset')
  const format = useFormat()
  const topics = topicsOf(view.queues)
  if (topics.length === 0) return <Empty title={t('noOffsets')}>{t('noOffsetsText')}</Empty>
  const change = (queues: readonly GroupQueueRow[], on: boolean) => {
    const next = new Set(out)
    for (const queue of queues) {
      if (on) next.delete(queueKey(queue))
      else next.add(queueKey(queue))
    }
    onChange(next)
  }
  return (
    <div className="flex flex-col gap-3">
      <p className="text-ink-2 text-sm">{t('scopeText')}</p>
      {topics.map((topic) => {
        const queues = view.queues.filter((queue) => queue.topic === topic)
        const ticked = queues.filter((queue) => !out.has(queueKey(queue)))
        const lag = queues.reduce((sum, queue) => sum + (isKnown(queue.lag) ? queue.lag.value : 0), 0)
        return (
          <Panel key={topic}>
            <div className="flex min-h-9 items-center gap-2.5 px-3">
              <Checkbox
                checked={ticked.length === queues.length ? true : ticked.length === 0 ? false : 'indeterminate'}
                onChange={(on) => change(queues, on)}
                label={topic}
              />
              <span className="mono min-w-0 flex-1 truncate text-sm">{topic}</span>
              <span className="tnum text-ink-3 text-xs">
                {t('scopeCount', { ticked: ticked.length, queues: queues.length, lag: format.count(lag) })}
              </span>
            </div>
            <ul className="grid grid-cols-4 gap-x-4 border-hair border-t px-3 py-2 max-sm:grid-cols-2">
              {queues.map((queue) => (
                <li key={queueKey(queue)} className="flex h-7 items-center">
                  <Checkbox checked={!out.has(queueKey(queue))} onChange={(on) => change([queue], on)}>
                    <span className="mono">
                      {queue.broker}
                      <span className="text-ink-3">/</span>
                      {queue.queueId}
                    </span>
                  </Checkbox>
                </li>
              ))}
            </ul>
          </Panel>
        )
      })}
    </div>
  )
}
