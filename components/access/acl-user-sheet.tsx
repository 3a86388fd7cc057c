'use client'
// components/access/acl-user-sheet.tsx: a user of the brokers. The secret goes to them and is shown nowhere afterwards.
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { aclUserTypes } from '../../server/shared/acl'
import type { AclUserRow } from '../../server/shared/views'
import { TypedName } from '../change/typed-name'
import { ClusterName, useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Sheet } from '../ui/dialog'
import { Field, Input } from '../ui/input'
import { Segmented } from '../ui/segmented'
import { Switch } from '../ui/tick'
import { useSettled } from './acl-result'

const SECRET_MIN = 6

export function AclUserSheet({ row, onClose }: { row: AclUserRow | undefined; onClose: () => void }) {
  const t = useTranslations('acl')
  const tPeople = useTranslations('people')
  const trpc = useTRPC()
  const cluster = useClusterId()
  const settled = useSettled()
  const [name, setName] = useState(row?.name ?? '')
  const [secret, setSecret] = useState('')
  const [type, setType] = useState(row?.type ?? ('Normal' as const))
  const [enabled, setEnabled] = useState(row?.enabled ?? true)
  const save = useMutation(trpc.acl.putUser.mutationOptions({ onSuccess: settled(t('user.saved', { name }), onClose) }))
  const remove = useMutation(
    trpc.acl.deleteUser.mutationOptions({ onSuccess: settled(t('user.gone', { name }), onClose) }),
  )
  const reason = !/^[\w.@-]{1,64}$/.test(name)
    ? tPeople('user.nameRule')
    : (row === undefined || secret !== '') && secret.length < SECRET_MIN
      ? tPeople('user.passwordRule', { least: SECRET_MIN })
      : undefined
  return (
    <Sheet
      open
      onOpenChange={(open) => open || onClose()}
      width="pane"
      title={row === undefined ? t('user.create') : row.name}
      about={<ClusterName />}
      footer={
        <>
          <span className="flex-1" />
          <Button className="h-8" onClick={onClose}>
            {tPeople('cancel')}
          </Button>
          <Button type="submit" form="acl-user" look="primary" className="h-8" busy={save.isPending} reason={reason}>
            {row === undefined ? t('user.createEffect') : t('user.saveEffect')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-5">
        <form
          id="acl-user"
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            if (reason !== undefined || save.isPending) return
            const made = { cluster, user: name, type, enabled, exists: row !== undefined }
            save.mutate(secret === '' ? made : { ...made, secret })
          }}
        >
          {row === undefined ? (
            <Field label={t('user.name')} hint={t('user.nameHint')}>
              <Input mono autoFocus value={name} onChange={(event) => setName(event.target.value)} />
            </Field>
          ) : null}
          <Field label={t('user.secret')} hint={t(row === undefined ? 'user.secretHint' : 'user.secretKeeps')}>
            <Input
              type="password"
              autoComplete="new-password"
              value={secret}
              onChange={(event) => setSecret(event.target.value)}
            />
          </Field>
          <div>
            <p className="mb-[3px] text-ink-2 text-xs">{t('user.type')}</p>
            <Segmented
              label={t('user.type')}
              value={type}
              onChange={setType}
              choices={aclUserTypes.map((value) => ({ value, label: t(`type.${value}`) }))}
            />
            <p className="mt-[3px] text-ink-3 text-xs">{t(`typeNote.${type}`)}</p>
          </div>
          <Switch checked={enabled} onChange={setEnabled}>
            {t('user.enabled')}
          </Switch>
          {save.error ? <QueryFault error={save.error} className="px-0 py-1" /> : null}
        </form>
        {row === undefined ? null : (
          <TypedName
            name={row.name}
            effect={t('user.delete')}
            note={t('user.deleteNote')}
            busy={remove.isPending}
            fault={remove.error && <QueryFault error={remove.error} className="px-0 py-1" />}
            onApply={(confirm) => remove.mutate({ cluster, user: row.name, confirm })}
          />
        )}
      </div>
    </Sheet>
  )
}
