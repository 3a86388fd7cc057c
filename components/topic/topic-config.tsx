'use client'
// components/topic/topic-config.tsx: how a topic is set up, broker beside broker, with differences marked; and its change, which
// shows before and after and names how many keys on how many brokers it touches.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Pencil } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { TopicBrokerConfig, TopicView } from '../../server/shared/views'
import { UnknownWord } from '../format'
import { ClusterName } from '../shell/cluster'
import { QueryFault, Region } from '../shell/fault'
import { useWhyNot } from '../shell/why-not'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Sheet } from '../ui/dialog'
import { Field, Input } from '../ui/input'
import { Panel } from '../ui/panel'
import { Empty } from '../ui/region'
import { Table, Td, Th, Tr } from '../ui/table'
import { Checkbox } from '../ui/tick'
import { useToast } from '../ui/toast'
import { permOf } from './topic-form'
import { usePermWord } from './topic-words'
import { useTopic, useTopicAt } from './use-topic'

interface ConfigLine {
  readonly key: string
  readonly of: (config: TopicBrokerConfig) => string
}

const linesOf = (configs: readonly TopicBrokerConfig[], permWord: (perm: number) => string): readonly ConfigLine[] => {
  const attributes = [...new Set(configs.flatMap((config) => Object.keys(config.attributes)))].sort()
  return [
    { key: 'readQueueNums', of: (config) => String(config.readQueues) },
    { key: 'writeQueueNums', of: (config) => String(config.writeQueues) },
    { key: 'perm', of: (config) => `${config.perm} · ${permWord(config.perm)}` },
    { key: 'order', of: (config) => String(config.order) },
    ...attributes.map((key) => ({ key, of: (config: TopicBrokerConfig) => config.attributes[key] ?? '–' })),
  ]
}

export const TopicConfig = () => {
  const at = useTopicAt()
  const t = useTranslations('topic')
  const query = useTopic(at)
  const whyNot = useWhyNot()
  const permWord = usePermWord()
  const [editing, setEditing] = useState(false)
  return (
    <>
      <Panel
        title={t('config.title')}
        aux={
          <Button
            size="sm"
            reason={query.data?.row.kind === 'system' ? t('menu.system') : whyNot('topic.write')}
            onClick={() => setEditing(true)}
          >
            <Pencil />
            {t('config.edit')}
          </Button>
        }
      >
        <Region query={query}>
          {(view) =>
            view.configs.length === 0 ? (
              <Empty title={t('config.none')} />
            ) : (
              <div className="overflow-x-auto">
                <Table className="min-w-[520px]">
                  <thead>
                    <tr>
                      <Th className="w-52">{t('config.key')}</Th>
                      {view.configs.map((config) => (
                        <Th key={config.broker} className="mono">
                          {config.broker}
                        </Th>
                      ))}
                      <Th className="w-40">
                        <span className="sr-only">{t('config.difference')}</span>
                      </Th>
                    </tr>
                  </thead>
                  <tbody>
                    {linesOf(view.configs, permWord).map((line) => {
                      const known = view.configs.filter((config) => isKnown(config.known))
                      const differs = new Set(known.map(line.of)).size > 1
                      return (
                        <Tr key={line.key} className={differs ? '[&>td]:bg-warn-wash' : undefined}>
                          <Td className="mono text-ink-2">{line.key}</Td>
                          {view.configs.map((config) => (
                            <Td key={config.broker} className="mono">
                              {isKnown(config.known) ? line.of(config) : <UnknownWord reason={config.known.unknown} />}
                            </Td>
                          ))}
                          <Td className="text-warn text-xs">{differs && t('config.differs')}</Td>
                        </Tr>
                      )
                    })}
                  </tbody>
                </Table>
              </div>
            )
          }
        </Region>
      </Panel>
      {query.data && (
        <EditTopic key={String(editing)} {...at} view={query.data} open={editing} onOpenChange={setEditing} />
      )}
    </>
  )
}

interface EditProps {
  cluster: string
  topic: string
  view: TopicView
  open: boolean
  onOpenChange: (open: boolean) => void
}
const numberOf = (text: string): number | null => (/^\d{1,4}$/.test(text) && Number(text) <= 1024 ? Number(text) : null)

const EditTopic = ({ cluster, topic, view, open, onOpenChange }: EditProps) => {
  const t = useTranslations('topic')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const toast = useToast()
  const permWord = usePermWord()
  const first = view.configs[0]
  const [read, setRead] = useState(String(first?.readQueues ?? 8))
  const [write, setWrite] = useState(String(first?.writeQueues ?? 8))
  const [canRead, setCanRead] = useState(((first?.perm ?? 6) & 4) !== 0)
  const [canWrite, setCanWrite] = useState(((first?.perm ?? 6) & 2) !== 0)
  const update = useMutation(
    trpc.topic.update.mutationOptions({
      onSuccess: async (result) => {
        await cache.invalidateQueries(trpc.topic.pathFilter())
        if (result.failed > 0) return
        toast({ text: t('config.done') })
        onOpenChange(false)
      },
    }),
  )
  const readQueues = numberOf(read)
  const writeQueues = numberOf(write)
  const perm = permOf(canRead, canWrite)
  const wanted = [
    {
      key: 'readQueueNums',
      before: (config: TopicBrokerConfig) => String(config.readQueues),
      after: readQueues === null ? null : String(readQueues),
    },
    {
      key: 'writeQueueNums',
      before: (config: TopicBrokerConfig) => String(config.writeQueues),
      after: writeQueues === null ? null : String(writeQueues),
    },
    {
      key: 'perm',
      before: (config: TopicBrokerConfig) => permWord(config.perm),
      after: perm === null ? null : permWord(perm),
    },
  ]
  const changes = view.configs.flatMap((config) =>
    wanted.flatMap(({ key, before, after }) =>
      after !== null && before(config) !== after ? [{ broker: config.broker, key, before: before(config), after }] : [],
    ),
  )
  const valid = readQueues !== null && writeQueues !== null && perm !== null
  const shrinks = view.configs.some((config) => (readQueues ?? 0) < config.readQueues)
  return (
    <Sheet
      open={open}
      onOpenChange={onOpenChange}
      width="pane"
      title={t('config.edit')}
      about={
        <>
          <span className="mono truncate text-ink">{topic}</span> {t('create.on')} <ClusterName />
        </>
      }
      footer={
        <>
          <span className="flex-1" />
          <Button className="h-8" onClick={() => onOpenChange(false)}>
            {t('create.cancel')}
          </Button>
          <Button
            look="primary"
            className="h-8"
            busy={update.isPending}
            reason={!valid ? t('config.correct') : changes.length === 0 ? t('config.nothing') : undefined}
            onClick={() => {
              if (readQueues !== null && writeQueues !== null && perm !== null)
                update.mutate({ cluster, topic, readQueues, writeQueues, perm })
            }}
          >
            {t('config.effect', {
              keys: new Set(changes.map((change) => change.key)).size,
              brokers: new Set(changes.map((change) => change.broker)).size,
            })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <div className="grid grid-cols-2 gap-3">
          <Field label={t('create.readQueues')} error={readQueues === null ? t('create.queuesRange') : undefined}>
            <Input inputMode="numeric" value={read} onChange={(event) => setRead(event.target.value)} frame="h-8" />
          </Field>
          <Field label={t('create.writeQueues')} error={writeQueues === null ? t('create.queuesRange') : undefined}>
            <Input inputMode="numeric" value={write} onChange={(event) => setWrite(event.target.value)} frame="h-8" />
          </Field>
        </div>
        <fieldset>
          <legend className="mb-1 text-ink-2 text-xs">{t('create.perm')}</legend>
          <div className="flex gap-5">
            <Checkbox checked={canRead} onChange={setCanRead}>
              {t('create.canRead')}
            </Checkbox>
            <Checkbox checked={canWrite} onChange={setCanWrite}>
              {t('create.canWrite')}
            </Checkbox>
          </div>
          {perm === null && (
            <p role="alert" className="mt-1 text-crit text-xs">
              {t('create.permNone')}
            </p>
          )}
        </fieldset>
        {shrinks && valid && (
          <p className="rounded-lg bg-warn-wash px-3 py-2 text-sm text-warn">{t('config.shrinks')}</p>
        )}
        {changes.length > 0 && (
          <Panel ruled title={t('config.changes')}>
            <Table density="compact">
              <thead>
                <tr>
                  <Th>{t('config.broker')}</Th>
                  <Th>{t('config.key')}</Th>
                  <Th>{t('config.before')}</Th>
                  <Th>{t('config.after')}</Th>
                </tr>
              </thead>
              <tbody>
                {changes.map((change) => (
                  <Tr key={`${change.broker} ${change.key}`}>
                    <Td className="mono">{change.broker}</Td>
                    <Td className="mono text-ink-2">{change.key}</Td>
                    <Td className="text-ink-2">{change.before}</Td>
                    <Td className="font-strong">{change.after}</Td>
                  </Tr>
                ))}
              </tbody>
            </Table>
          </Panel>
        )}
        {update.error && <QueryFault error={update.error} className="px-0 py-1" />}
        {update.data && update.data.failed > 0 && (
          <ul role="alert" className="text-crit text-sm">
            {update.data.rows
              .filter((row) => !row.ok)
              .map((row) => (
                <li key={row.item}>
                  <span className="mono">{row.item}</span>: {row.error}
                </li>
              ))}
          </ul>
        )}
      </div>
    </Sheet>
  )
}
