'use client'
// components/message/body-type.tsx: what the bodies of a topic are: Protobuf or Avro by a schema, or MessagePack. It is set for all
// who read the topic here; the server says what is wrong with a schema before it is kept.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { FileUp, Shapes } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { type BodyKind, type BodyTypeSet, bodyKinds } from '../../server/shared/body-types'
import { useFormat } from '../format'
import { ClusterName, useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useWhyNot } from '../shell/why-not'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input, Textarea } from '../ui/input'
import { Skeleton } from '../ui/region'
import { Segmented } from '../ui/segmented'

const MOST_CHARACTERS = 256 * 1024
const none = 'none'

export const BodyTypeButton = ({ topic }: { topic: string }) => {
  const t = useTranslations('message.bodyType')
  const may = useWhyNot()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button
        look="ghost"
        shape="icon"
        size="sm"
        aria-label={t('open')}
        reason={may('topic.write')}
        onClick={() => setOpen(true)}
      >
        <Shapes />
      </Button>
      {open && <BodyTypeDialog topic={topic} onClose={() => setOpen(false)} />}
    </>
  )
}

const BodyTypeDialog = ({ topic, onClose }: { topic: string; onClose: () => void }) => {
  const t = useTranslations('message.bodyType')
  const trpc = useTRPC()
  const cluster = useClusterId()
  const held = useQuery(trpc.message.bodyType.queryOptions({ cluster, topic }, { meta: { still: true }, gcTime: 0 }))
  if (held.data !== undefined) return <BodyTypeForm topic={topic} held={held.data} onClose={onClose} />
  return (
    <Dialog open onOpenChange={(next) => next || onClose()} title={t('title')} about={<ClusterName />}>
      {held.error ? <QueryFault error={held.error} className="px-0 py-1" /> : <Skeleton lines={6} />}
    </Dialog>
  )
}

const BodyTypeForm = ({ topic, held, onClose }: { topic: string; held: BodyTypeSet | null; onClose: () => void }) => {
  const t = useTranslations('message.bodyType')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const cluster = useClusterId()
  const format = useFormat()
  const [kind, setKind] = useState<BodyKind | typeof none>(held?.kind ?? none)
  const [definition, setDefinition] = useState(held?.definition ?? '')
  const [message, setMessage] = useState(held?.message ?? '')
  const [skip, setSkip] = useState(String(held?.skipBytes ?? 0))
  const [tooLarge, setTooLarge] = useState(false)
  const file = useRef<HTMLInputElement>(null)
  const set = useMutation(
    trpc.message.setBodyType.mutationOptions({
      onSuccess: async () => {
        // a body is shown wherever a message is asked for by its id or its place
        await Promise.all(
          [trpc.message.get, trpc.message.byOffset, trpc.message.bodyType].map((one) =>
            cache.invalidateQueries(one.pathFilter()),
          ),
        )
        onClose()
      },
    }),
  )
  const skipBytes = /^\d{1,4}$/.test(skip) && Number(skip) <= 1024 ? Number(skip) : null
  const hasSchema = kind === 'protobuf' || kind === 'avro'
  const reason =
    hasSchema && definition.trim() === ''
      ? t('schemaFirst')
      : hasSchema && definition.length > MOST_CHARACTERS
        ? t('tooLarge')
        : kind !== none && skipBytes === null
          ? t('skipRange')
          : undefined
  const save = () =>
    set.mutate({
      cluster,
      topic,
      type:
        kind === none
          ? null
          : {
              kind,
              definition: hasSchema ? definition : '',
              message: kind === 'protobuf' ? message.trim() : '',
              skipBytes: skipBytes ?? 0,
            },
    })
  return (
    <Dialog
      open
      onOpenChange={(next) => next || onClose()}
      title={t('title')}
      about={<ClusterName />}
      description={<span className="mono break-all">{topic}</span>}
      className="w-[640px]"
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" busy={set.isPending} reason={reason} onClick={save}>
            {t('keep')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="text-ink-2 text-sm">{t('text')}</p>
        <Segmented
          label={t('kind')}
          value={kind}
          onChange={setKind}
          choices={[
            { value: none, label: t('none') },
            ...bodyKinds.map((value) => ({ value, label: t(`kinds.${value}`) })),
          ]}
          className="self-start"
        />
        {hasSchema && (
          <>
            <Field
              label={kind === 'avro' ? t('avroSchema') : t('protoText')}
              hint={kind === 'avro' ? undefined : t('protoHint')}
              error={tooLarge ? t('tooLarge') : undefined}
            >
              <Textarea
                mono
                rows={10}
                value={definition}
                onChange={(event) => setDefinition(event.target.value)}
                className="max-sm:text-[16px]"
              />
            </Field>
            <div>
              <input
                ref={file}
                type="file"
                hidden
                accept={kind === 'avro' ? '.avsc,.json' : '.proto'}
                onChange={async ({ currentTarget: input }) => {
                  const chosen = input.files?.[0]
                  if (chosen === undefined) return
                  setTooLarge(chosen.size > MOST_CHARACTERS)
                  if (chosen.size <= MOST_CHARACTERS) setDefinition(await chosen.text())
                  input.value = ''
                }}
              />
              <Button size="sm" onClick={() => file.current?.click()}>
                <FileUp />
                {t('fromFile')}
              </Button>
            </div>
          </>
        )}
        {kind === 'protobuf' && (
          <Field label={t('message')} hint={t('messageHint')}>
            <Input
              mono
              value={message}
              maxLength={500}
              placeholder="shop.v1.Order"
              onChange={(event) => setMessage(event.target.value)}
            />
          </Field>
        )}
        {kind !== none && (
          <Field label={t('skip')} hint={t('skipHint')}>
            <Input
              mono
              inputMode="numeric"
              value={skip}
              maxLength={4}
              onChange={(event) => setSkip(event.target.value)}
              frame="w-28"
            />
          </Field>
        )}
        {held !== null && (
          <p className="text-ink-3 text-xs">{t('heldBy', { who: held.who, at: format.time(held.at) })}</p>
        )}
        {set.error && <QueryFault error={set.error} className="px-0 py-1" />}
      </div>
    </Dialog>
  )
}
