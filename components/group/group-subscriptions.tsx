'use client'
// components/group/group-subscriptions.tsx: which client subscribes to what. All clients of a group must agree; one that differs
// takes messages away from the others, so it is named in one red line.
import { useQuery } from '@tanstack/react-query'
import { Fragment } from 'react'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { SubscriptionMatrix } from '../../server/shared/views'
import { Name, UnknownWord } from '../format'
import { Region } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Mark } from '../ui/mark'
import { Panel } from '../ui/panel'
import { Empty } from '../ui/region'
import { Table, Td, Th, Tr } from '../ui/table'
import { useGroupAt } from './use-group'

export const GroupSubscriptions = () => {
  const at = useGroupAt()
  const trpc = useTRPC()
  const t = useTranslations('group.subscription')
  const query = useQuery(trpc.group.subscriptions.queryOptions(at))
  return (
    <Panel ruled title={t('title')}>
      <Region query={query}>{(matrix) => <Matrix matrix={matrix} />}</Region>
    </Panel>
  )
}

const Matrix = ({ matrix }: { matrix: SubscriptionMatrix }) => {
  const t = useTranslations('group.subscription')
  const topics = [
    ...new Set([
      ...matrix.group.map((one) => one.topic),
      ...matrix.clients.flatMap((client) => (isKnown(client.known) ? client.known.value.map((one) => one.topic) : [])),
    ]),
  ].sort()
  if (topics.length === 0) return <Empty title={t('none')}>{t('noneText')}</Empty>
  const said = matrix.clients.flatMap(({ tries }) => tries ?? [])
  const differs = (topic: string, clientId: string) =>
    matrix.disagreements.some((one) => one.topic === topic && one.differing.includes(clientId))
  return (
    <Fragment>
      {matrix.disagreements.map((one) => (
        <p
          key={one.topic}
          role="alert"
          className="flex items-start gap-2 border-hair border-b bg-crit-wash px-3 py-2 text-crit text-sm"
        >
          <Mark state="crit" className="mt-[3px]" />
          <span>
            {t.rich('disagree', {
              topic: () => <b className="mono font-strong">{one.topic}</b>,
              clients: () => <b className="mono font-strong">{one.differing.join(', ')}</b>,
            })}
          </span>
        </p>
      ))}
      {new Set(said).size > 1 && (
        <p role="status" className="border-hair border-b bg-warn-wash px-3 py-2 text-sm text-warn">
          {t('triesDiffer')}
        </p>
      )}
      <div className="overflow-x-auto">
        <Table style={{ minWidth: 360 + topics.length * 200 }}>
          <thead>
            <tr>
              <Th className="w-60">{t('client')}</Th>
              <Th className="w-30" title={t('triesLong')}>
                {t('tries')}
              </Th>
              {topics.map((topic) => (
                <Th key={topic} className="mono" title={topic}>
                  {topic}
                </Th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <Td className="text-ink-2">{t('broker')}</Td>
              <Td className="tnum text-ink-2">
                {matrix.tries.length === 0 ? '–' : matrix.tries.map((count) => t('triesCount', { count })).join(', ')}
              </Td>
              {topics.map((topic) => {
                const held = matrix.group.find((one) => one.topic === topic)
                return (
                  <Td key={topic} className="mono text-ink-2">
                    {held ? <Expression {...held} /> : '–'}
                  </Td>
                )
              })}
            </tr>
            {matrix.clients.map((client) => (
              <Tr key={client.clientId}>
                <Td>
                  <Name>{client.clientId}</Name>
                </Td>
                <Td className="tnum">
                  {client.tries === null ? (
                    <UnknownWord reason="client-does-not-report" />
                  ) : client.tries < 0 ? (
                    t('triesOfLibrary')
                  ) : (
                    t('triesCount', { count: client.tries })
                  )}
                </Td>
                {topics.map((topic) => {
                  const held = isKnown(client.known) ? client.known.value.find((one) => one.topic === topic) : undefined
                  const wrong = differs(topic, client.clientId)
                  return (
                    <Td key={topic} className={wrong ? 'mono bg-crit-wash text-crit' : 'mono'}>
                      {!isKnown(client.known) ? (
                        <UnknownWord reason={client.known.unknown} />
                      ) : (
                        <span className="inline-flex items-center gap-1.5">
                          {wrong && <Mark state="crit" label={t('differs')} />}
                          {held ? <Expression {...held} /> : t('notSubscribed')}
                        </span>
                      )}
                    </Td>
                  )
                })}
              </Tr>
            ))}
          </tbody>
        </Table>
      </div>
    </Fragment>
  )
}

const Expression = ({ expression, type }: { expression: string; type: string }) => (
  <span title={expression}>
    {expression}
    {type !== 'TAG' && <span className="text-ink-3"> {type}</span>}
  </span>
)
