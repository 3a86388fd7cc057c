'use client'
// components/broker/config-dialog.tsx: the change before it is made: each key before and after, on which brokers; and after it
// was made, the answer of each.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { BrokerView, ConfigEntry } from '../../server/shared/views'
import { ClusterName, useClusterId } from '../shell/cluster'
import { useFaultWords } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Mark } from '../ui/mark'
import { Fault } from '../ui/region'
import { Table, Td, Th, Tr } from '../ui/table'
import { Checkbox } from '../ui/tick'

interface ConfigDialogProps {
  readonly view: BrokerView
  readonly changes: readonly { readonly entry: ConfigEntry; readonly after: string }[]
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly onDone: () => void
}
export function ConfigDialog({ view, changes, open, onOpenChange, onDone }: ConfigDialogProps) {
  const t = useTranslations('broker')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const words = useFaultWords()
  const cluster = useClusterId()
  const here = view.row.key
  const others = useQuery(trpc.broker.list.queryOptions({ cluster })).data?.rows.filter(({ key }) => key !== here) ?? []
  const [chosen, setChosen] = useState<readonly string[]>([here])
  useEffect(() => {
    if (open) setChosen([here])
  }, [open, here])
  const update = useMutation(
    trpc.broker.configUpdate.mutationOptions({
      onSuccess: () => cache.invalidateQueries({ queryKey: trpc.broker.pathKey() }),
    }),
  )
  const result = update.data
  // Once applied, the broker's own value is the new one: what was asked stays in view until this closes.
  const [applied, setApplied] = useState<ConfigDialogProps['changes']>([])
  const listed = result ? applied : changes
  const fault = update.error ? words(update.error) : null
  const close = (next: boolean) => {
    if (!next) {
      if (result && result.failed === 0) onDone()
      update.reset()
    }
    onOpenChange(next)
  }
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title={t('config.dialogTitle')}
      about={<ClusterName />}
      className="w-[720px]"
      footer={
        result ? (
          <Button look="primary" onClick={() => close(false)}>
            {t('close')}
          </Button>
        ) : (
          <>
            <Button look="ghost" onClick={() => close(false)}>
              {t('cancel')}
            </Button>
            <Button
              look="primary"
              busy={update.isPending}
              disabled={chosen.length === 0}
              onClick={() => {
                setApplied(changes)
                update.mutate({
                  cluster,
                  brokers: [...chosen],
                  changes: Object.fromEntries(changes.map(({ entry, after }) => [entry.key, after.trim()])),
                })
              }}
            >
              {t('config.apply', { keys: changes.length, brokers: chosen.length })}
            </Button>
          </>
        )
      }
    >
      <Table className="rounded-md border border-line">
        <thead>
          <tr>
            <Th>{t('config.key')}</Th>
            <Th>{t('config.before')}</Th>
            <Th>{t('config.after')}</Th>
          </tr>
        </thead>
        <tbody>
          {listed.map(({ entry, after }) => (
            <Tr key={entry.key}>
              <Td className="mono" title={entry.key}>
                {entry.key}
              </Td>
              <Td className="mono text-ink-3">{entry.value}</Td>
              <Td className="mono font-medium">{after}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      {result ? (
        <ul className="mt-4 flex flex-col gap-1.5 text-sm" role="status">
          {result.rows.map(({ item, ok, error }) => (
            <li key={item} className="flex items-start gap-1.5">
              <Mark state={ok ? 'ok' : 'crit'} className="mt-[3px]" />
              <span>
                <span className="mono">{item}</span> {ok ? t('config.done') : (error ?? '')}
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <fieldset className="mt-4">
          <legend className="mb-1 text-xs text-ink-2">{t('config.on')}</legend>
          <div className="flex flex-wrap gap-x-5 gap-y-2">
            {[here, ...others.map(({ key }) => key)].map((key) => (
              <Checkbox
                key={key}
                checked={chosen.includes(key)}
                onChange={(on) => setChosen((before) => (on ? [...before, key] : before.filter((one) => one !== key)))}
              >
                <span className="mono">{key}</span>
              </Checkbox>
            ))}
          </div>
        </fieldset>
      )}
      {fault ? (
        <Fault title={fault.title} code={fault.code} className="px-0">
          {fault.todo}
        </Fault>
      ) : null}
    </Dialog>
  )
}
