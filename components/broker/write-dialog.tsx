'use client'
// components/broker/write-dialog.tsx: takes a broker out of the writing, or back in. The topics that nobody else takes writes
// for are shown before; how to drain is said with it.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import type { BrokerView } from '../../server/shared/views'
import { ClusterName, useClusterId } from '../shell/cluster'
import { useFaultWords } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { State } from '../ui/mark'
import { Fault } from '../ui/region'
import { useToast } from '../ui/toast'
import { TopicNames, userTopicsOf } from './topic-names'

export function WriteDialog(props: {
  view: BrokerView
  give: boolean
  open: boolean
  onOpenChange: (open: boolean) => void
}) {
  const { view, give, open, onOpenChange } = props
  const t = useTranslations('broker')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const toast = useToast()
  const words = useFaultWords()
  const cluster = useClusterId()
  const { name } = view.row
  const topics = userTopicsOf(view)
  const set = useMutation(
    trpc.broker.setWritable.mutationOptions({
      onSuccess: (result) => {
        void cache.invalidateQueries({ queryKey: trpc.broker.pathKey() })
        if (result.failed > 0) return
        onOpenChange(false)
        toast({ text: give ? t('giveBack.done', { name }) : t('wipe.done', { name }) })
      },
    }),
  )
  const key = give ? 'giveBack' : 'wipe'
  const failed = set.data?.rows.filter(({ ok }) => !ok) ?? []
  const fault = set.error ? words(set.error) : null
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next) set.reset()
        onOpenChange(next)
      }}
      title={t(`${key}.title`)}
      about={
        <>
          <span className="mono">{name}</span> <ClusterName />
        </>
      }
      footer={
        <>
          <Button look="ghost" onClick={() => onOpenChange(false)}>
            {t('cancel')}
          </Button>
          <Button
            look="primary"
            busy={set.isPending}
            onClick={() => set.mutate({ cluster, brokerName: name, writable: give })}
          >
            {t(`${key}.do`, { name })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 text-sm">
        <p>{t(`${key}.note`)}</p>
        {give ? null : (
          <>
            {topics.length > 0 ? (
              <div>
                <State state="warn" className="whitespace-normal!">
                  {t('wipe.onlyMaster', { count: topics.length })}
                </State>
                <TopicNames names={topics} />
              </div>
            ) : (
              <State state="ok" className="whitespace-normal!">
                {t('wipe.othersTake')}
              </State>
            )}
            <p className="text-ink-3">{t('wipe.drain')}</p>
          </>
        )}
        {fault ? (
          <Fault title={fault.title} code={fault.code} className="px-0 py-0">
            {fault.todo}
          </Fault>
        ) : null}
        {failed.map(({ item, error }) => (
          <Fault key={item} title={t('failedOn', { item })} code={error ?? undefined} className="px-0 py-0" />
        ))}
      </div>
    </Dialog>
  )
}
