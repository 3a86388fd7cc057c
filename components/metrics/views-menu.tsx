'use client'
// components/metrics/views-menu.tsx: views that were saved under a name: the part of the address that says what is drawn.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Bookmark, Plus, Trash2 } from 'lucide-react'
import { usePathname, useRouter } from 'next/navigation'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { ClusterName, useClusterId, useMe } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input } from '../ui/input'
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../ui/menu'
import { useToast } from '../ui/toast'

/** What of an address is about the charts; a page of the report is not. */
const kept = ['m', 'compare', 'range'] as const
export const viewQuery = (search: string): string => {
  const all = new URLSearchParams(search)
  const only = new URLSearchParams()
  for (const key of kept) for (const value of all.getAll(key)) only.append(key, value)
  return only.toString()
}

export const ViewsMenu = () => {
  const t = useTranslations('metrics.views')
  const cluster = useClusterId()
  const trpc = useTRPC()
  const cache = useQueryClient()
  const router = useRouter()
  const pathname = usePathname()
  const toast = useToast()
  const me = useMe()
  const [saving, setSaving] = useState(false)
  const views = useQuery(trpc.metrics.views.queryOptions({ cluster })).data ?? []
  const changed = () => cache.invalidateQueries(trpc.metrics.views.queryFilter({ cluster }))
  const save = useMutation(trpc.metrics.saveView.mutationOptions({ onSuccess: changed }))
  const remove = useMutation(trpc.metrics.removeView.mutationOptions({ onSuccess: changed }))
  const mine = views.filter(({ who }) => who === me?.name || me?.rights.includes('console.admin'))
  return (
    <>
      <Menu
        trigger={
          <Button>
            <Bookmark />
            {t('title')}
          </Button>
        }
      >
        {views.length === 0 && <MenuLabel>{t('none')}</MenuLabel>}
        {views.map((view) => (
          <MenuItem key={view.id} onSelect={() => router.push(`${pathname}?${viewQuery(view.query)}`)}>
            <span className="flex items-baseline gap-3">
              <span className="min-w-0 flex-1 truncate">{view.name}</span>
              <span className="text-ink-3 text-xs">{view.who}</span>
            </span>
          </MenuItem>
        ))}
        <MenuSeparator />
        <MenuItem icon={<Plus />} onSelect={() => setSaving(true)}>
          {t('save')}
        </MenuItem>
        {mine.length > 0 && (
          <>
            <MenuSeparator />
            <MenuLabel>{t('remove')}</MenuLabel>
            {mine.map(({ id, name, query }) => (
              <MenuItem
                key={id}
                icon={<Trash2 />}
                onSelect={() =>
                  remove.mutate(
                    { cluster, id },
                    {
                      onSuccess: () =>
                        toast({ text: t('removed', { name }), undo: () => save.mutate({ cluster, name, query }) }),
                    },
                  )
                }
              >
                {name}
              </MenuItem>
            ))}
          </>
        )}
      </Menu>
      {saving && <SaveDialog onClose={() => setSaving(false)} />}
    </>
  )
}

const SaveDialog = ({ onClose }: { onClose: () => void }) => {
  const t = useTranslations('metrics.views')
  const cluster = useClusterId()
  const trpc = useTRPC()
  const cache = useQueryClient()
  const toast = useToast()
  const [name, setName] = useState('')
  const save = useMutation(
    trpc.metrics.saveView.mutationOptions({
      onSuccess: async () => {
        await cache.invalidateQueries(trpc.metrics.views.queryFilter({ cluster }))
        toast({ text: t('saved', { name: name.trim() }) })
        onClose()
      },
    }),
  )
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('saveTitle')}
      about={<ClusterName />}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" type="submit" form="save-view" busy={save.isPending} disabled={name.trim() === ''}>
            {t('do')}
          </Button>
        </>
      }
    >
      <form
        id="save-view"
        onSubmit={(event) => {
          event.preventDefault()
          if (name.trim() !== '') save.mutate({ cluster, name: name.trim(), query: viewQuery(window.location.search) })
        }}
      >
        <Field label={t('name')} hint={t('nameHint')}>
          <Input autoFocus value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
        </Field>
        {save.error && <QueryFault error={save.error} className="px-0 py-1" />}
      </form>
    </Dialog>
  )
}
