'use client'
// components/message/send-form.tsx: a message made by hand, like a real producer would make it: topic, tag, keys, body,
// properties, queue, delay. What the broker answered stands beside it (send-results.tsx).
import { useMutation, useQuery } from '@tanstack/react-query'
import { Plus, Send, X } from 'lucide-react'
import { useSearchParams } from 'next/navigation'
import { parseAsString, useQueryState } from 'nuqs'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useFormat } from '../format'
import { ClusterName, useClusterCard, useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useWhyNot } from '../shell/why-not'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { cn } from '../ui/cn'
import { Field, Input, Textarea } from '../ui/input'
import { Mark } from '../ui/mark'
import { PageHead, Panel } from '../ui/panel'
import { Segmented } from '../ui/segmented'
import { Checkbox } from '../ui/tick'
import { parseQueue } from './detect'
import { TopicInput } from './search-filters'
import {
  type BodyKind,
  bodyFault,
  bodyInput,
  bytesOf,
  draftOf,
  emptyDraft,
  linesOf,
  type SendDraft,
} from './send-draft'
import { SendResults, type Sent } from './send-results'
import { FileButton, SendWays } from './send-ways'
import { Templates } from './templates'

const kinds = ['json', 'text', 'hex', 'base64'] as const
const MOST_RESULTS = 20

export const SendForm = () => {
  const t = useTranslations('message.send')
  const format = useFormat()
  const trpc = useTRPC()
  const cluster = useClusterId()
  const card = useClusterCard()
  const [topic, setTopic] = useQueryState('topic', parseAsString.withDefault('').withOptions({ history: 'replace' }))
  const copy = useSearchParams().get('copy')
  const [draft, setDraft] = useState<SendDraft>(emptyDraft)
  const [tried, setTried] = useState(false)
  const [results, setResults] = useState<readonly Sent[]>([])
  const set = (next: Partial<SendDraft>) => setDraft((before) => ({ ...before, ...next }))
  const view = useQuery(
    trpc.topic.get.queryOptions({ cluster, topic }, { enabled: topic !== '', retry: false, meta: { still: true } }),
  )
  const queues = view.data?.queues.filter((queue) => (queue.perm & 2) !== 0) ?? []

  // Re-publishing: the form is filled once with the message it starts from.
  const original = useQuery(
    trpc.message.get.queryOptions(
      { cluster, offsetId: copy ?? '', whole: true },
      { enabled: copy !== null, meta: { still: true }, staleTime: Number.POSITIVE_INFINITY },
    ),
  )
  const filled = useRef<string | null>(null)
  useEffect(() => {
    if (!original.data || filled.current === copy) return
    filled.current = copy
    const { row, body, userProperties } = original.data
    void setTopic(row.topic)
    setDraft({
      ...emptyDraft,
      tag: row.tag ?? '',
      keys: row.keys.join(' '),
      kind: body === null ? 'text' : body.text === null ? 'base64' : body.json ? 'json' : 'text',
      body: body === null ? '' : (body.text ?? body.base64),
      properties: [
        ...Object.entries(userProperties ?? {}).map(([name, value]) => ({ name, value })),
        { name: 'originId', value: row.uniqueId ?? row.offsetId },
      ],
    })
  }, [original.data, copy, setTopic])

  const send = useMutation(
    trpc.message.send.mutationOptions({
      onSuccess: (result, input) =>
        setResults((before) =>
          [{ topic: input.topic, result, count: 1, at: Date.now() }, ...before].slice(0, MOST_RESULTS),
        ),
    }),
  )
  const batch = useMutation(
    trpc.message.sendBatch.mutationOptions({
      onSuccess: (done, input) =>
        setResults((before) =>
          [
            ...done.rows.flatMap(({ result, count }) =>
              result === null ? [] : [{ topic: input.topic, result, count, at: Date.now() }],
            ),
            ...before,
          ].slice(0, MOST_RESULTS),
        ),
    }),
  )
  const mayNot = useWhyNot()('message.send')
  const fault = bodyFault(draft)
  const keys = draft.keys.split(/\s+/).filter((key) => key !== '')
  const named = draft.properties.filter(({ name }) => name.trim() !== '')
  const doubled = new Set(named.map(({ name }) => name)).size < named.length
  const topicError = tried && topic === '' ? t('topicNeeded') : undefined
  const deliverAt = draft.deliverAt.trim() === '' ? undefined : format.parseComing(draft.deliverAt)
  const timeFault = draft.deliverAt.trim() !== '' && deliverAt === undefined
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    setTried(true)
    if (
      mayNot !== undefined ||
      topic === '' ||
      fault !== null ||
      doubled ||
      timeFault ||
      send.isPending ||
      batch.isPending
    )
      return
    // What an earlier try was refused for says nothing of this one.
    send.reset()
    batch.reset()
    const queue = draft.queue === '' ? null : parseQueue(draft.queue)
    if (draft.many) {
      batch.mutate({
        cluster,
        topic,
        messages: linesOf(draft.body).map((body) => ({
          tag: draft.tag.trim(),
          keys,
          body: bodyInput({ kind: draft.kind, body }),
          properties: Object.fromEntries(named.map(({ name, value }) => [name.trim(), value])),
        })),
        ...(queue === null ? {} : { queue: { broker: queue.broker, queueId: queue.queueId } }),
      })
      return
    }
    send.mutate({
      cluster,
      topic,
      tag: draft.tag.trim(),
      keys,
      body: bodyInput(draft),
      properties: Object.fromEntries(named.map(({ name, value }) => [name.trim(), value])),
      ...(queue === null ? {} : { queue: { broker: queue.broker, queueId: queue.queueId } }),
      ...(draft.shardingKey === '' ? {} : { shardingKey: draft.shardingKey }),
      ...(draft.delayLevel === 0 ? {} : { delayLevel: draft.delayLevel }),
      ...(deliverAt === undefined ? {} : { deliverAt }),
      ...(draft.priority === '' ? {} : { priority: Number(draft.priority) }),
      ...(draft.transaction === 'none'
        ? {}
        : {
            transaction: {
              end: draft.transaction,
              ...(draft.producerGroup.trim() === '' ? {} : { producerGroup: draft.producerGroup.trim() }),
            },
          }),
    })
  }
  return (
    <>
      <PageHead title={t('title')} about={t('about')}>
        <Templates
          kind="send"
          held={JSON.stringify({ topic, draft })}
          onTake={(text) => {
            const kept = draftOf(text)
            if (kept === null) return
            void setTopic(kept.topic || null)
            setDraft(kept.draft)
          }}
        />
      </PageHead>
      <div className="grid flex-none grid-cols-[minmax(0,1fr)_minmax(0,440px)] items-start gap-2.5 max-lg:grid-cols-1">
        <Panel>
          <form
            onSubmit={submit}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event)
            }}
            className="flex flex-col gap-3.5 p-4"
          >
            {mayNot === undefined ? null : (
              <p role="note" className="flex items-start gap-1.5 text-ink-2 text-sm">
                <Mark state="off" className="mt-[3px]" />
                {mayNot}
              </p>
            )}
            <fieldset
              disabled={mayNot !== undefined}
              className="flex min-w-0 flex-col gap-3.5 disabled:[&_button]:text-ink-off disabled:[&_textarea]:text-ink-off"
            >
              <div className="grid grid-cols-[minmax(0,2fr)_minmax(0,1fr)_minmax(0,1.4fr)] gap-3 max-sm:grid-cols-1">
                <Field label={t('topic')} error={topicError}>
                  <TopicInput value={topic} onChange={(next) => void setTopic(next || null)} large />
                </Field>
                <Field label={t('tag')} optional={t('optional')}>
                  <Input mono value={draft.tag} onChange={(event) => set({ tag: event.target.value })} frame="h-8" />
                </Field>
                <Field label={t('keys')} optional={t('optional')}>
                  <Input
                    mono
                    value={draft.keys}
                    onChange={(event) => set({ keys: event.target.value })}
                    placeholder={t('keysHint')}
                    frame="h-8"
                  />
                </Field>
              </div>
              <Field
                label={
                  <span className="flex items-center gap-2">
                    {t('body')}
                    <span className="tnum flex-1 text-right text-ink-3">
                      {t('bytes', { bytes: format.count(bytesOf(draft)) })}
                    </span>
                  </span>
                }
                error={
                  tried && fault !== null
                    ? fault.line === null
                      ? t(`bodyFault.${fault.fault}`)
                      : t('inLine', { line: format.count(fault.line), fault: t(`bodyFault.${fault.fault}`) })
                    : undefined
                }
              >
                <Textarea
                  mono
                  rows={12}
                  value={draft.body}
                  onChange={(event) => set({ body: event.target.value })}
                  className="min-h-48 resize-y leading-[18.5px]"
                />
              </Field>
              <div className="-mt-1.5 flex flex-wrap items-center gap-x-4 gap-y-1.5">
                <Segmented
                  label={t('bodyAs')}
                  value={draft.kind}
                  onChange={(kind: BodyKind) => set({ kind })}
                  choices={kinds.map((value) => ({ value, label: t(`kind.${value}`) }))}
                />
                <FileButton onBody={set} />
                <Checkbox checked={draft.many} onChange={(many) => set({ many })}>
                  {t('many')}
                </Checkbox>
                {draft.many && (
                  <span className="tnum text-ink-3 text-sm">{t('lines', { count: linesOf(draft.body).length })}</span>
                )}
              </div>
              <fieldset>
                <legend className="mb-1 text-ink-2 text-xs">{t('properties')}</legend>
                <div className="flex flex-col gap-1.5">
                  {draft.properties.map((property, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a line that is typed into has no other identity
                    <div key={index} className="flex gap-1.5">
                      <Input
                        mono
                        aria-label={t('propertyName')}
                        placeholder={t('propertyName')}
                        value={property.name}
                        onChange={(event) =>
                          set({
                            properties: draft.properties.map((one, at) =>
                              at === index ? { ...one, name: event.target.value } : one,
                            ),
                          })
                        }
                      />
                      <Input
                        mono
                        aria-label={t('propertyValue')}
                        placeholder={t('propertyValue')}
                        value={property.value}
                        onChange={(event) =>
                          set({
                            properties: draft.properties.map((one, at) =>
                              at === index ? { ...one, value: event.target.value } : one,
                            ),
                          })
                        }
                      />
                      <Button
                        look="ghost"
                        shape="icon"
                        aria-label={t('removeProperty')}
                        onClick={() => set({ properties: draft.properties.filter((_, at) => at !== index) })}
                      >
                        <X />
                      </Button>
                    </div>
                  ))}
                  <Button
                    look="ghost"
                    className="self-start"
                    onClick={() => set({ properties: [...draft.properties, { name: '', value: '' }] })}
                  >
                    <Plus />
                    {t('addProperty')}
                  </Button>
                </div>
                {doubled && (
                  <p role="alert" className="text-crit text-xs">
                    {t('doubled')}
                  </p>
                )}
              </fieldset>
              <SendWays
                draft={draft}
                set={set}
                queues={queues}
                timeError={tried && timeFault ? t('notATime') : undefined}
                deliverAt={deliverAt}
              />
            </fieldset>
            {view.error && topic !== '' && <p className="text-warn text-xs">{t('newTopic')}</p>}
            {send.error && <QueryFault error={send.error} className="px-0 py-1" />}
            {batch.error && <QueryFault error={batch.error} className="px-0 py-1" />}
            {batch.data && (
              <p role="status" className={cn('text-sm', batch.data.failed > 0 ? 'text-warn' : 'text-ink-2')}>
                {t('batchDone', {
                  ok: format.count(batch.data.ok),
                  failed: format.count(batch.data.failed),
                  requests: batch.data.rows.length,
                  span: format.duration(Math.round(batch.data.tookMs)),
                })}
                {batch.data.rows.map(
                  ({ first, count, error }) =>
                    error !== null && (
                      <span key={first} className="block">
                        {t('batchFailed', {
                          count,
                          from: format.count(first + 1),
                          to: format.count(first + count),
                          why: error,
                        })}
                      </span>
                    ),
                )}
              </p>
            )}
            <div className="flex items-center justify-end gap-3 border-hair border-t pt-3.5">
              <span className="flex items-center gap-1.5 text-ink-3 text-sm">
                {t('on')} <ClusterName />
              </span>
              <Button
                type="submit"
                look="primary"
                className="h-8"
                busy={send.isPending || batch.isPending}
                reason={mayNot}
                keys="Ctrl Enter"
              >
                <Send />
                {card?.production ? t('buttonProduction', { cluster: card.name }) : t('button')}
              </Button>
            </div>
          </form>
        </Panel>
        <SendResults results={results} />
      </div>
    </>
  )
}
