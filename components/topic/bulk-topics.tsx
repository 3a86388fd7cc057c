'use client'
// components/topic/bulk-topics.tsx: what is done with the topics that are ticked in the list: their permission changed, all of them
// deleted. One topic after the other, each with its own end.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { SlidersHorizontal, Trash2, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { isSystemTopic } from '../../server/shared/names'
import { DeleteMany, MOST_DELETED } from '../change/delete-many'
import { ClusterName, useClusterCard } from '../shell/cluster'
import { useFaultLine } from '../shell/fault'
import { useWhyNot } from '../shell/why-not'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input } from '../ui/input'
import { Checkbox } from '../ui/tick'
import { useToast } from '../ui/toast'
import { permOf } from './topic-form'

export const BulkTopics = (props: { cluster: string; topics: readonly string[]; clear: () => void }) => {
  const { cluster, topics, clear } = props
  const t = useTranslations('topic.bulk')
  const tChange = useTranslations('change.many')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const may = useWhyNot()
  const card = useClusterCard()
  const faultText = useFaultLine()
  const [open, setOpen] = useState<'perm' | 'delete' | null>(null)
  const deletion = useMutation(trpc.topic.delete.mutationOptions())
  const ofSystem = topics.some(isSystemTopic) ? t('system') : undefined
  const tooMany = topics.length > MOST_DELETED ? tChange('tooMany', { most: MOST_DELETED }) : undefined
  return (
    <>
      <b className="font-strong">{t('ticked', { count: topics.length })}</b>
      <Button look="ghost" reason={ofSystem ?? may('topic.write')} onClick={() => setOpen('perm')}>
        <SlidersHorizontal />
        {t('perm')}
      </Button>
      <Button look="ghost-danger" reason={ofSystem ?? may('topic.delete') ?? tooMany} onClick={() => setOpen('delete')}>
        <Trash2 />
        {t('delete')}
      </Button>
      <Button look="ghost" shape="icon" aria-label={t('untick')} onClick={clear}>
        <X />
      </Button>
      {/* Drawn while it is open only: what was typed for one change must not confirm the next. */}
      {open === 'perm' && <PermDialog cluster={cluster} topics={topics} onClose={() => setOpen(null)} />}
      <DeleteMany
        names={topics}
        what="topic"
        open={open === 'delete'}
        where={<ClusterName />}
        production={card?.production ? card.name : null}
        faultText={faultText}
        preview={(topic) =>
          cache.fetchQuery(trpc.topic.deletePreview.queryOptions({ cluster, topic }, { staleTime: 0 }))
        }
        apply={(preview, reason) =>
          deletion.mutateAsync({
            ...{ cluster, topic: preview.name, preview: preview.id, confirm: preview.name },
            ...(reason === '' ? {} : { reason }),
          })
        }
        onClose={(deleted) => {
          setOpen(null)
          if (deleted.length === 0) return
          clear()
          void cache.invalidateQueries(trpc.topic.pathFilter())
        }}
      />
    </>
  )
}

const PermDialog = (props: { cluster: string; topics: readonly string[]; onClose: () => void }) => {
  const { cluster, topics, onClose } = props
  const t = useTranslations('topic.bulk')
  const tCreate = useTranslations('topic.create')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const toast = useToast()
  const faultText = useFaultLine()
  const [read, setRead] = useState(true)
  const [write, setWrite] = useState(true)
  const [busy, setBusy] = useState(false)
  const [typed, setTyped] = useState('')
  const [failed, setFailed] = useState<readonly { topic: string; why: string }[]>([])
  const card = useClusterCard()
  const update = useMutation(trpc.topic.update.mutationOptions())
  const perm = permOf(read, write)
  // Asked for once, not topic by topic.
  const production = card?.production ? card.name : null
  const off =
    perm === null
      ? tCreate('permNone')
      : production !== null && typed !== production
        ? t('typeFirst', { name: production })
        : undefined
  const go = async () => {
    if (perm === null) return
    setBusy(true)
    setFailed([])
    const found: { topic: string; why: string }[] = []
    for (const topic of topics)
      await update.mutateAsync({ cluster, topic, perm, ...(production === null ? {} : { production }) }).then(
        ({ rows }) => {
          const bad = rows.filter(({ ok }) => !ok)
          if (bad.length > 0) found.push({ topic, why: bad.map((row) => `${row.item}: ${row.error ?? ''}`).join('; ') })
        },
        (error: unknown) => found.push({ topic, why: faultText(error) }),
      )
    setBusy(false)
    setFailed(found)
    void cache.invalidateQueries(trpc.topic.pathFilter())
    if (found.length > 0) return
    toast({ text: t('permDone', { count: topics.length }) })
    onClose()
  }
  return (
    <Dialog
      open
      onOpenChange={(next) => next || busy || onClose()}
      title={t('permTitle', { count: topics.length })}
      about={<ClusterName />}
      footer={
        <>
          <Button disabled={busy} onClick={onClose}>
            {tCreate('cancel')}
          </Button>
          <Button look="primary" busy={busy} reason={off} onClick={() => void go()}>
            {t('permDo', { count: topics.length })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <div className="flex gap-5">
          <Checkbox checked={read} onChange={setRead}>
            {tCreate('canRead')}
          </Checkbox>
          <Checkbox checked={write} onChange={setWrite}>
            {tCreate('canWrite')}
          </Checkbox>
        </div>
        <p className="text-ink-3 text-sm">{t('permNote')}</p>
        {production !== null && (
          <Field label={t('typeFirst', { name: production })}>
            <Input mono value={typed} onChange={(event) => setTyped(event.target.value)} autoCapitalize="off" />
          </Field>
        )}
        {failed.length > 0 && (
          <ul role="alert" className="text-crit text-sm">
            {failed.map(({ topic, why }) => (
              <li key={topic}>
                <span className="mono">{topic}</span>: {why}
              </li>
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  )
}
