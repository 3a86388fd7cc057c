'use client'
// components/client/client-running.tsx: what one client says of itself when asked: its queues, its pace, its thread stack.
// Nothing of that is asked before somebody opens it: the broker has to pass the question on to the client.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { ClientRunning as Running } from '../../server/shared/views'
import { Age, NotApplicable, useFormat } from '../format'
import { useMe } from '../shell/cluster'
import { Region } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Fact, Facts, Panel } from '../ui/panel'
import { Empty, Skeleton } from '../ui/region'
import { Table, Td, Th, Tr } from '../ui/table'
import { PanelTabs } from '../ui/tabs'
import { Tag } from '../ui/tag'
import { Checkbox } from '../ui/tick'
import { foldStack, isConsumeThread } from './stack'

/** A client is asked as a member of a group. */
export interface MemberAt {
  readonly cluster: string
  readonly group: string
}
export const ClientRunning = ({ at, clientId }: { at: MemberAt; clientId: string }) => {
  const t = useTranslations('client')
  const trpc = useTRPC()
  const [tab, setTab] = useState<'state' | 'stack'>('state')
  const running = useQuery(
    trpc.group.running.queryOptions({ ...at, clientId }, { meta: { still: true }, staleTime: 0 }),
  )
  return (
    <PanelTabs
      label={t('one')}
      value={tab}
      onChange={setTab}
      className="-mx-5 -mt-2 mb-3 px-3"
      tabs={[
        {
          value: 'state',
          label: t('tabState'),
          content: (
            <Region query={running} skeleton={<Skeleton lines={8} />}>
              {(data) => <RunningState running={data} />}
            </Region>
          ),
        },
        { value: 'stack', label: t('tabStack'), content: <Stack at={at} clientId={clientId} /> },
      ]}
    />
  )
}

const RunningState = ({ running }: { running: Running }) => {
  const t = useTranslations('client')
  const format = useFormat()
  return (
    <div className="flex flex-col gap-3">
      <Panel ruled title={t('queues')} about={running.queues.length}>
        {running.queues.length === 0 ? (
          <Empty title={t('noQueues')} />
        ) : (
          <Table density="compact">
            <thead>
              <tr>
                <Th>{t('queue')}</Th>
                <Th number className="w-28">
                  {t('committed')}
                </Th>
                <Th number className="w-24">
                  {t('cached')}
                </Th>
                <Th number className="w-24">
                  {t('lastPull')}
                </Th>
                <Th number className="w-28">
                  {t('lastConsume')}
                </Th>
              </tr>
            </thead>
            <tbody>
              {running.queues.map((queue) => (
                <Tr key={`${queue.topic} ${queue.broker}/${queue.queueId}`}>
                  <Td className="mono" title={queue.topic}>
                    {queue.topic} {queue.broker}/{queue.queueId}
                  </Td>
                  <Td number className="mono">
                    {format.count(queue.commitOffset)}
                  </Td>
                  <Td number title={`${queue.cachedMiB} MiB`}>
                    {format.count(queue.cachedMessages)}
                  </Td>
                  <Td number className="text-ink-2">
                    {queue.lastPullAt === null ? <NotApplicable /> : <Age at={queue.lastPullAt} />}
                  </Td>
                  <Td number className="text-ink-2">
                    {queue.lastConsumeAt === null ? <NotApplicable /> : <Age at={queue.lastConsumeAt} />}
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </Panel>
      {running.topics.length > 0 && (
        <Panel ruled title={t('pace')}>
          <Table density="compact">
            <thead>
              <tr>
                <Th>{t('topic')}</Th>
                <Th number className="w-24">
                  {t('rt')}
                </Th>
                <Th number className="w-24">
                  {t('ok')}
                </Th>
                <Th number className="w-24">
                  {t('failed')}
                </Th>
                <Th number className="w-28">
                  {t('failedHour')}
                </Th>
              </tr>
            </thead>
            <tbody>
              {running.topics.map((topic) => (
                <Tr key={topic.topic}>
                  <Td className="mono">{topic.topic}</Td>
                  <Td number>{format.duration(topic.consumeRtMs)}</Td>
                  <Td number>{format.rateDigits(topic.okPerSecond)}</Td>
                  <Td number className={topic.failedPerSecond > 0 ? 'text-warn' : undefined}>
                    {format.rateDigits(topic.failedPerSecond)}
                  </Td>
                  <Td number className={topic.failedLastHour > 0 ? 'text-warn' : undefined}>
                    {format.count(topic.failedLastHour)}
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        </Panel>
      )}
      <Panel ruled title={t('properties')}>
        <Facts>
          {Object.entries(running.properties).map(([key, value]) => (
            <Fact key={key} name={<span className="mono">{key}</span>}>
              <span className="mono" title={value}>
                {value}
              </span>
            </Fact>
          ))}
        </Facts>
      </Panel>
    </div>
  )
}

const Stack = ({ at, clientId }: { at: MemberAt; clientId: string }) => {
  const t = useTranslations('client')
  const trpc = useTRPC()
  const me = useMe()
  const [asked, setAsked] = useState(false)
  const [onlyConsume, setOnlyConsume] = useState(true)
  const allowed = me?.rights.includes('client.inspect') ?? false
  const query = useQuery(
    trpc.group.running.queryOptions(
      { ...at, clientId, stack: true },
      { enabled: asked && allowed, meta: { still: true }, staleTime: 0 },
    ),
  )
  if (!asked)
    return (
      <Empty
        title={t('stackTitle')}
        action={
          <Button onClick={() => setAsked(true)} reason={allowed ? undefined : t('needs', { right: 'client.inspect' })}>
            {t('takeStack')}
          </Button>
        }
      >
        {t('stackText')}
      </Empty>
    )
  return (
    <Region query={query} skeleton={<Skeleton lines={10} />}>
      {(data) => {
        if (data.stack === null) return <Empty title={t('noStack')}>{t('noStackText')}</Empty>
        const threads = foldStack(data.stack)
        const shown = onlyConsume ? threads.filter(isConsumeThread) : threads
        return (
          <div className="flex flex-col gap-2">
            <div className="flex items-center gap-4">
              <Checkbox checked={onlyConsume} onChange={setOnlyConsume}>
                {t('onlyConsume')}
              </Checkbox>
              <span className="flex-1" />
              <Button size="sm" busy={query.isFetching} onClick={() => void query.refetch()}>
                {t('again')}
              </Button>
            </div>
            {shown.length === 0 && <Empty title={t('noConsumeThread')} />}
            {shown.map((thread) => (
              <details
                key={thread.names.join()}
                className="rounded-lg border border-line bg-panel"
                open={shown.length <= 4}
              >
                <summary className="flex cursor-pointer items-center gap-2 px-3 py-1.5 text-sm">
                  <span className="mono min-w-0 flex-1 truncate">{thread.names[0]}</span>
                  {thread.names.length > 1 && <Tag>{t('same', { count: thread.names.length })}</Tag>}
                </summary>
                <pre className="mono overflow-auto border-hair border-t bg-sunken px-3 py-2 text-xs leading-[18px]">
                  {thread.frames.join('\n')}
                </pre>
              </details>
            ))}
          </div>
        )
      }}
    </Region>
  )
}
