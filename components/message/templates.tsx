'use client'
// components/message/templates.tsx: what one sends or searches for again and again, kept by name for oneself.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { BookmarkPlus, Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Input } from '../ui/input'
import { LinkButton } from '../ui/link'
import { Popover } from '../ui/popover'

export const Templates = (props: {
  kind: 'send' | 'search'
  /** What would be kept now; empty: nothing is worth it. */
  held: string
  onTake: (draft: string) => void
}) => {
  const { kind, held, onTake } = props
  const t = useTranslations('message.template')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const [open, setOpen] = useState(false)
  const [name, setName] = useState('')
  const list = useQuery(trpc.message.templates.queryOptions({ kind }, { enabled: open, meta: { still: true } }))
  const onSuccess = () => cache.invalidateQueries(trpc.message.templates.pathFilter())
  const put = useMutation(trpc.message.putTemplate.mutationOptions({ onSuccess }))
  const remove = useMutation(trpc.message.removeTemplate.mutationOptions({ onSuccess }))
  const keep = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() !== '' && held !== '')
      put.mutate({ kind, name: name.trim(), draft: held }, { onSuccess: () => setName('') })
  }
  const error = list.error ?? put.error ?? remove.error
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label={t(`${kind}.title`)}
      className="w-[340px] max-w-[calc(100vw-24px)]"
      trigger={<Button size={kind === 'search' ? 'sm' : 'md'}>{t(`${kind}.title`)}</Button>}
    >
      <div className="flex flex-col gap-2">
        {list.data?.length === 0 && <p className="text-ink-3 text-sm">{t(`${kind}.none`)}</p>}
        <ul className="max-h-72 overflow-auto">
          {list.data?.map((one) => (
            <li key={one.id} className="flex min-h-8 items-center gap-2">
              <LinkButton
                className="min-w-0 flex-1 truncate text-left"
                onClick={() => {
                  onTake(one.draft)
                  setOpen(false)
                }}
              >
                {one.name}
              </LinkButton>
              <Button
                look="ghost"
                shape="icon"
                aria-label={t(`${kind}.remove`, { name: one.name })}
                onClick={() => remove.mutate({ id: one.id })}
              >
                <Trash2 />
              </Button>
            </li>
          ))}
        </ul>
        {error && <QueryFault error={error} className="px-0 py-1" />}
        <form onSubmit={keep} className="flex gap-1.5 border-hair border-t pt-2">
          <Input
            aria-label={t(`${kind}.name`)}
            placeholder={t(`${kind}.name`)}
            value={name}
            maxLength={80}
            onChange={(event) => setName(event.target.value)}
          />
          <Button type="submit" busy={put.isPending} disabled={name.trim() === '' || held === ''}>
            <BookmarkPlus />
            {t(`${kind}.keep`)}
          </Button>
        </form>
      </div>
    </Popover>
  )
}
