'use client'
// components/access/mask-sheet.tsx: one masking rule.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { maskPutInput } from '../../server/shared/inputs'
import { type MaskRule, maskHows, maskParts } from '../../server/shared/masks'
import { TypedName } from '../change/typed-name'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Sheet } from '../ui/dialog'
import { Field, Input } from '../ui/input'
import { Segmented } from '../ui/segmented'
import { Select } from '../ui/select'
import { useToast } from '../ui/toast'
import { ALL, useRightWords } from './right-words'

const first: Omit<MaskRule, 'id'> = { cluster: ALL, topics: '', part: 'field', field: '', how: 'hide' }

export function MaskSheet({ rule, onClose }: { rule: MaskRule | undefined; onClose: () => void }) {
  const t = useTranslations('people.mask')
  const tPeople = useTranslations('people')
  const words = useRightWords()
  const trpc = useTRPC()
  const cache = useQueryClient()
  const toast = useToast()
  const [draft, setDraft] = useState<Omit<MaskRule, 'id'>>(rule ?? first)
  const set = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change })
  const settled = (text: string) => async () => {
    await cache.invalidateQueries(trpc.access.pathFilter())
    toast({ text })
    onClose()
  }
  const save = useMutation(trpc.access.putMask.mutationOptions({ onSuccess: settled(t('saved')) }))
  const remove = useMutation(trpc.access.removeMask.mutationOptions({ onSuccess: settled(t('gone')) }))
  const parsed = maskPutInput.safeParse({ ...draft, field: draft.part === 'body' ? '' : draft.field })
  return (
    <Sheet
      open
      onOpenChange={onClose}
      width="narrow"
      title={t('sheet')}
      footer={
        <>
          <span className="flex-1" />
          <Button onClick={onClose}>{tPeople('cancel')}</Button>
          <Button
            look="primary"
            busy={save.isPending}
            reason={parsed.success ? undefined : t('wrong')}
            onClick={() => parsed.success && save.mutate(parsed.data)}
          >
            {t('save')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label={t('topics')} hint={t('topicsHint')}>
          <Input
            autoFocus={rule === undefined}
            mono
            value={draft.topics}
            placeholder="orders_*"
            onChange={(event) => set({ topics: event.target.value })}
          />
        </Field>
        <Field label={t('cluster')}>
          <Select value={draft.cluster} onChange={(cluster) => set({ cluster })} choices={words.clusterChoices} />
        </Field>
        <Field label={t('partLabel')}>
          <Select
            value={draft.part}
            onChange={(part) => set({ part })}
            choices={maskParts.map((value) => ({ value, label: t(`part.${value}`) }))}
          />
        </Field>
        {draft.part === 'body' ? null : (
          <Field label={t('field')} hint={t(`fieldHint.${draft.part}`)}>
            <Input mono value={draft.field} onChange={(event) => set({ field: event.target.value })} />
          </Field>
        )}
        <div>
          <p className="mb-[3px] text-ink-2 text-xs">{t('howLabel')}</p>
          <Segmented
            label={t('howLabel')}
            value={draft.how}
            onChange={(how) => set({ how })}
            choices={maskHows.map((value) => ({ value, label: t(`how.${value}`) }))}
          />
          <p className="mt-[3px] text-ink-3 text-xs">{t(`howHint.${draft.how}`)}</p>
        </div>
        {save.error ? <QueryFault error={save.error} className="px-0 py-1" /> : null}
        {rule === undefined ? null : (
          <TypedName
            name={rule.topics}
            effect={t('remove')}
            note={t('removeNote')}
            busy={remove.isPending}
            fault={remove.error && <QueryFault error={remove.error} className="px-0 py-1" />}
            onApply={() => remove.mutate({ id: rule.id })}
          />
        )}
      </div>
    </Sheet>
  )
}
