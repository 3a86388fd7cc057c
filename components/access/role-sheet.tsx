'use client'
// components/access/role-sheet.tsx: a role made here: a right per line, on which cluster, and on which names.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { customRights, type GrantOn, hasSubject, subjectOf } from '../../server/shared/rights'
import type { RoleRow } from '../../server/shared/views'
import { TypedName } from '../change/typed-name'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Sheet } from '../ui/dialog'
import { Field, Input } from '../ui/input'
import { Select } from '../ui/select'
import { useToast } from '../ui/toast'
import { ALL, useRightWords } from './right-words'

const NAME = /^[a-z][a-z0-9-]{0,39}$/
const PATTERN = /^[%|\w.*-]{1,255}$/
type Line = GrantOn & { readonly id: number }
const first: GrantOn = { right: 'cluster.read', cluster: ALL, names: ALL }

interface RoleSheetProps {
  /** Left out: a role is being made. */
  readonly row: RoleRow | undefined
  readonly taken: readonly string[]
  readonly onClose: () => void
}
export function RoleSheet({ row, taken, onClose }: RoleSheetProps) {
  const t = useTranslations('people')
  const words = useRightWords()
  const trpc = useTRPC()
  const cache = useQueryClient()
  const toast = useToast()
  const [name, setName] = useState(row?.name ?? '')
  const [lines, setLines] = useState<readonly Line[]>((row?.grants ?? [first]).map((one, id) => ({ ...one, id })))
  const settled = (text: string) => async () => {
    await cache.invalidateQueries(trpc.access.pathFilter())
    toast({ text })
    onClose()
  }
  const save = useMutation(trpc.access.putRole.mutationOptions({ onSuccess: settled(t('role.saved', { name })) }))
  const remove = useMutation(trpc.access.deleteRole.mutationOptions({ onSuccess: settled(t('role.gone', { name })) }))
  const change = (id: number, next: Partial<GrantOn>) =>
    setLines(
      lines.map((one) => {
        if (one.id !== id) return one
        const changed = { ...one, ...next }
        return hasSubject(changed.right) ? changed : { ...changed, names: ALL }
      }),
    )
  const reason = !NAME.test(name)
    ? t('role.nameRule')
    : row === undefined && taken.includes(name)
      ? t('role.taken')
      : lines.length === 0
        ? t('role.noLine')
        : lines.some(({ names }) => !PATTERN.test(names))
          ? t('role.patternRule')
          : undefined
  return (
    <Sheet
      open
      onOpenChange={(open) => open || onClose()}
      width="pane"
      title={row === undefined ? t('role.create') : row.name}
      footer={
        <>
          <span className="flex-1" />
          <Button className="h-8" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button
            look="primary"
            className="h-8"
            busy={save.isPending}
            reason={reason}
            onClick={() =>
              save.mutate({ name, grants: lines.map(({ right, cluster, names }) => ({ right, cluster, names })) })
            }
          >
            {row === undefined ? t('role.createEffect') : t('role.saveEffect', { count: row.users })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {row === undefined ? (
          <Field label={t('role.name')} hint={t('role.nameRule')}>
            <Input mono autoFocus value={name} onChange={(event) => setName(event.target.value)} />
          </Field>
        ) : null}
        <ul aria-label={t('role.grants')} className="flex flex-col gap-3">
          {lines.map((line, place) => (
            <li key={line.id} className="grid grid-cols-[1fr_150px_150px_28px] items-end gap-2 max-sm:grid-cols-1">
              <Field label={t('role.right')}>
                <Select
                  value={line.right}
                  onChange={(right) => change(line.id, { right })}
                  choices={customRights.map((right) => ({ value: right, label: words.right(right) }))}
                />
              </Field>
              <Field label={t('role.cluster')}>
                <Select
                  value={line.cluster}
                  onChange={(cluster) => change(line.id, { cluster })}
                  choices={words.clusterChoices}
                />
              </Field>
              <Field label={hasSubject(line.right) ? t(`role.namesOf.${subjectOf[line.right]}`) : t('role.names')}>
                <Input
                  mono
                  disabled={!hasSubject(line.right)}
                  value={line.names}
                  onChange={(event) => change(line.id, { names: event.target.value })}
                />
              </Field>
              <Button
                look="ghost"
                shape="icon"
                aria-label={t('role.removeLine', { number: place + 1 })}
                onClick={() => setLines(lines.filter(({ id }) => id !== line.id))}
              >
                <X />
              </Button>
            </li>
          ))}
        </ul>
        <div>
          <Button
            onClick={() => setLines([...lines, { ...first, id: Math.max(-1, ...lines.map(({ id }) => id)) + 1 }])}
          >
            <Plus />
            {t('role.addLine')}
          </Button>
        </div>
        <p className="text-ink-3 text-xs">{t('role.patternNote')}</p>
        {save.error ? <QueryFault error={save.error} className="px-0 py-1" /> : null}
        {row === undefined ? null : (
          <TypedName
            name={row.name}
            effect={t('role.delete')}
            note={t('role.deleteNote')}
            busy={remove.isPending}
            fault={remove.error && <QueryFault error={remove.error} className="px-0 py-1" />}
            reason={row.users > 0 ? t('role.held', { count: row.users }) : undefined}
            onApply={(confirm) => remove.mutate({ name: row.name, confirm })}
          />
        )}
      </div>
    </Sheet>
  )
}
