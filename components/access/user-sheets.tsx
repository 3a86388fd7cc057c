'use client'
// components/access/user-sheets.tsx: a new account, and what an admin does with one that is there: role, rights beyond it, a
// new password, the end of its sessions, a lock, and its end.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { isBuiltInRole, type Right, rights, rightsTable } from '../../server/shared/rights'
import type { UserRow } from '../../server/shared/views'
import { TypedName } from '../change/typed-name'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Sheet } from '../ui/dialog'
import { Field, Input } from '../ui/input'
import { Select } from '../ui/select'
import { Checkbox, Switch } from '../ui/tick'
import { useToast } from '../ui/toast'
import { NewPassword } from './new-password'
import { PASSWORD_MIN } from './password-strength'
import { useRightWords } from './right-words'

/** What a built-in role holds only when it is given by name; a role made here says all it holds itself. */
const extrasOf = (role: string): readonly Right[] =>
  isBuiltInRole(role) ? rights.filter((right) => (rightsTable[right][role] as string) === 'extra') : [] // a Grant

function RoleFields(props: {
  role: string
  extra: readonly Right[]
  /** Of a role that comes from somewhere else. */
  fixed?: boolean
  onChange: (next: { role: string; extra: readonly Right[] }) => void
}) {
  const { role, extra, fixed = false, onChange } = props
  const t = useTranslations('people')
  const words = useRightWords()
  const trpc = useTRPC()
  const roles = useQuery(trpc.access.roles.queryOptions(undefined, { meta: { still: true } })).data ?? []
  const extras = extrasOf(role)
  return (
    <>
      <Field
        label={t('user.role')}
        hint={fixed ? t('user.roleFromGroups') : isBuiltInRole(role) ? t(`roleNote.${role}`) : t('roleNote.custom')}
      >
        <Select
          value={role}
          disabled={fixed}
          onChange={(next) => onChange({ role: next, extra: extra.filter((right) => extrasOf(next).includes(right)) })}
          choices={roles.map(({ name }) => ({ value: name, label: words.role(name) }))}
        />
      </Field>
      {extras.length > 0 ? (
        <fieldset>
          <legend className="mb-1 text-ink-2 text-xs">{t('user.extra')}</legend>
          <div className="flex flex-col gap-1">
            {extras.map((right) => (
              <Checkbox
                key={right}
                checked={extra.includes(right)}
                onChange={(on) =>
                  onChange({ role, extra: on ? [...extra, right] : extra.filter((one) => one !== right) })
                }
              >
                {words.right(right)}
              </Checkbox>
            ))}
          </div>
        </fieldset>
      ) : null}
    </>
  )
}

export function NewUserSheet({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations('people')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const toast = useToast()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [held, setHeld] = useState<{ role: string; extra: readonly Right[] }>({ role: 'viewer', extra: [] })
  const create = useMutation(
    trpc.access.createUser.mutationOptions({
      onSuccess: async () => {
        await cache.invalidateQueries(trpc.access.pathFilter())
        toast({ text: t('user.made', { name }) })
        setName('')
        setPassword('')
        onOpenChange(false)
      },
    }),
  )
  const nameOk = /^[\w.@-]{1,64}$/.test(name)
  return (
    <Sheet
      open={open}
      onOpenChange={onOpenChange}
      width="pane"
      title={t('user.create')}
      footer={
        <>
          <span className="flex-1" />
          <Button className="h-8" onClick={() => onOpenChange(false)}>
            {t('cancel')}
          </Button>
          <Button
            type="submit"
            form="new-user"
            look="primary"
            className="h-8"
            busy={create.isPending}
            reason={
              !nameOk
                ? t('user.nameRule')
                : password.length < PASSWORD_MIN
                  ? t('user.passwordRule', { least: PASSWORD_MIN })
                  : undefined
            }
          >
            {t('user.createEffect')}
          </Button>
        </>
      }
    >
      <form
        id="new-user"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (nameOk && password.length >= PASSWORD_MIN && !create.isPending)
            create.mutate({ name, password, role: held.role, extra: [...held.extra] })
        }}
      >
        <Field label={t('user.name')} hint={t('user.nameRule')}>
          <Input autoFocus value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <NewPassword label={t('user.password')} value={password} onChange={setPassword} userName={name} />
        <RoleFields {...held} onChange={setHeld} />
        {create.error ? <QueryFault error={create.error} className="px-0 py-1" /> : null}
      </form>
    </Sheet>
  )
}

export function UserSheet({ row, onClose }: { row: UserRow; onClose: () => void }) {
  const t = useTranslations('people')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const toast = useToast()
  const [held, setHeld] = useState<{ role: string; extra: readonly Right[] }>({ role: row.role, extra: row.extra })
  const [password, setPassword] = useState('')
  const done = (text: string) => async () => {
    await cache.invalidateQueries(trpc.access.pathFilter())
    toast({ text })
  }
  const update = useMutation(
    trpc.access.updateUser.mutationOptions({ onSuccess: done(t('user.changed', { name: row.name })) }),
  )
  const reset = useMutation(
    trpc.access.setPassword.mutationOptions({
      onSuccess: async () => {
        setPassword('')
        await done(t('user.passwordSet', { name: row.name }))()
      },
    }),
  )
  const end = useMutation(
    trpc.access.endSessions.mutationOptions({ onSuccess: done(t('user.ended', { name: row.name })) }),
  )
  const remove = useMutation(
    trpc.access.deleteUser.mutationOptions({
      onSuccess: async () => {
        await done(t('user.gone', { name: row.name }))()
        onClose()
      },
    }),
  )
  const fault = update.error ?? reset.error ?? end.error
  const isElsewhere = row.source === 'oidc'
  const changed = held.role !== row.role || [...held.extra].sort().join() !== [...row.extra].sort().join()
  return (
    <Sheet open onOpenChange={(open) => open || onClose()} width="pane" title={row.name} about={t('user.about')}>
      <div className="flex flex-col gap-5">
        <div className="flex flex-col gap-4">
          <RoleFields {...held} fixed={isElsewhere} onChange={setHeld} />
          <div>
            <Button
              look="primary"
              busy={update.isPending}
              reason={changed ? undefined : t('user.nothingChanged')}
              onClick={() =>
                update.mutate({ id: row.id, ...(isElsewhere ? {} : { role: held.role }), extra: [...held.extra] })
              }
            >
              {t('user.changeRole')}
            </Button>
            <p className="mt-1 text-ink-3 text-xs">{t('user.changeNote')}</p>
          </div>
        </div>
        <div className="flex flex-col gap-2 border-t border-hair pt-4">
          <Switch checked={row.locked} disabled={row.self} onChange={(locked) => update.mutate({ id: row.id, locked })}>
            {t('user.lock')}
          </Switch>
          <p className="text-ink-3 text-xs">{t('user.lockNote')}</p>
          <div>
            <Button
              busy={end.isPending}
              reason={row.sessions === 0 ? t('user.noSession') : undefined}
              onClick={() => end.mutate({ id: row.id })}
            >
              {t('user.end', { count: row.sessions })}
            </Button>
          </div>
        </div>
        {isElsewhere ? null : (
          <form
            className="flex flex-col gap-3 border-t border-hair pt-4"
            onSubmit={(event) => {
              event.preventDefault()
              if (password.length >= PASSWORD_MIN && !reset.isPending) reset.mutate({ id: row.id, password })
            }}
          >
            <NewPassword label={t('user.newPassword')} value={password} onChange={setPassword} userName={row.name} />
            <div>
              <Button
                type="submit"
                busy={reset.isPending}
                reason={password.length < PASSWORD_MIN ? t('user.passwordRule', { least: PASSWORD_MIN }) : undefined}
              >
                {t('user.setPassword')}
              </Button>
            </div>
          </form>
        )}
        {fault ? <QueryFault error={fault} className="px-0 py-1" /> : null}
        <TypedName
          name={row.name}
          effect={t('user.delete')}
          note={t('user.deleteNote')}
          busy={remove.isPending}
          fault={remove.error && <QueryFault error={remove.error} className="px-0 py-1" />}
          reason={row.self ? t('user.notSelf') : undefined}
          onApply={(confirm) => remove.mutate({ id: row.id, confirm })}
        />
      </div>
    </Sheet>
  )
}
