'use client'
// components/broker/broker-drain.tsx: a broker that takes no writes is being drained: what still keeps it from being stopped,
// step by step, as the last sample has it.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { BrokerView } from '../../server/shared/views'
import { UnknownWord, useFormat } from '../format'
import { brokerHref, groupHref } from '../shell/address'
import { Link } from '../ui/link'
import { Mark, type MarkState } from '../ui/mark'
import { Panel } from '../ui/panel'
import { useBrokerAt } from './use-broker'

/** So many groups are named; the rest is counted. */
const named = 5

export function BrokerDrain({ view }: { view: BrokerView }) {
  const t = useTranslations('broker.drain')
  const format = useFormat()
  const { cluster, broker } = useBrokerAt()
  const { drain } = view
  if (drain === null) return null
  const { inPerSecond, unread, groups, waiting } = drain
  const isQuiet = isKnown(inPerSecond) && inPerSecond.value === 0
  const isRead = isKnown(unread) && unread.value === 0 && unread.missing === 0
  const isDue = isKnown(waiting) && waiting.value === 0
  const more = groups.length - named
  return (
    <Panel title={t('title')} ruled>
      <ol className="flex flex-col">
        <Step state={isQuiet ? 'ok' : isKnown(inPerSecond) ? 'busy' : 'unknown'} title={t('quiet')}>
          {!isKnown(inPerSecond) ? (
            <UnknownWord reason={inPerSecond.unknown} />
          ) : isQuiet ? (
            t('quietDone')
          ) : (
            t('quietNot', { rate: format.rate(inPerSecond.value).digits })
          )}
        </Step>
        <Step state={isRead ? 'ok' : isKnown(unread) ? 'busy' : 'unknown'} title={t('read')}>
          {!isKnown(unread) ? (
            <UnknownWord reason={unread.unknown} />
          ) : isRead ? (
            t('readDone')
          ) : (
            <>
              {t('readNot', { count: unread.value, groups: groups.length })}{' '}
              {groups.slice(0, named).map(({ group, unread: ofGroup }) => (
                <span key={group} className="mr-3 inline-block">
                  <Link href={groupHref(cluster, group)} className="mono">
                    {group}
                  </Link>{' '}
                  {isKnown(ofGroup) ? format.count(ofGroup.value) : <UnknownWord reason={ofGroup.unknown} />}
                </span>
              ))}
              {more > 0 ? t('more', { count: more }) : null}
            </>
          )}
        </Step>
        <Step state={isDue ? 'ok' : isKnown(waiting) ? 'busy' : 'unknown'} title={t('due')}>
          {!isKnown(waiting) ? (
            <UnknownWord reason={waiting.unknown} />
          ) : isDue ? (
            t('dueDone')
          ) : (
            t('dueNot', { count: waiting.value })
          )}
        </Step>
        <Step state={isQuiet && isRead && isDue ? 'ok' : 'off'} title={t('stop')}>
          {isQuiet && isRead && isDue ? t('stopNow') : t('stopLater')}{' '}
          {view.row.part ? <Link href={`${brokerHref(cluster, broker)}/process`}>{t('process')}</Link> : null}
        </Step>
      </ol>
    </Panel>
  )
}

const Step = ({ state, title, children }: { state: MarkState; title: string; children: ReactNode }) => (
  <li className="flex gap-2 border-b border-hair px-3 py-2 text-sm last:border-b-0">
    <Mark state={state} className="mt-1" />
    <div className="min-w-0">
      <p className="font-medium">{title}</p>
      <p className="text-ink-3">{children}</p>
    </div>
  </li>
)
