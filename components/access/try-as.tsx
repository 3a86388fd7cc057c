'use client'
// components/access/try-as.tsx: an admin looks at the console as a role or an account would see it. Nothing can be changed
// meanwhile.
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { QueryFault } from '../shell/fault'
import { basePath, useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Field } from '../ui/input'
import { Panel } from '../ui/panel'
import { Select } from '../ui/select'
import { useRightWords } from './right-words'

export function TryAs() {
  const t = useTranslations('people')
  const words = useRightWords()
  const trpc = useTRPC()
  const roles = useQuery(trpc.access.roles.queryOptions(undefined, { meta: { still: true } })).data ?? []
  const users = useQuery(trpc.access.users.queryOptions(undefined, { meta: { still: true } })).data ?? []
  const [chosen, setChosen] = useState('role viewer')
  // What is on screen was asked for with an admin's rights: the page begins anew.
  const begin = useMutation(
    trpc.access.tryAs.mutationOptions({ onSuccess: () => window.location.assign(`${basePath}/`) }),
  )
  const cut = chosen.indexOf(' ')
  return (
    <Panel title={t('tryAs.title')} about={t('tryAs.about')}>
      <div className="flex items-end gap-2 border-hair border-t px-3 py-3">
        <Field label={t('tryAs.who')} className="flex-1">
          <Select
            value={chosen}
            onChange={setChosen}
            choices={[
              ...roles.map(({ name }) => ({
                value: `role ${name}`,
                label: t('tryAs.asRole', { name: words.role(name) }),
              })),
              ...users
                .filter(({ self }) => !self)
                .map(({ name }) => ({ value: `user ${name}`, label: t('tryAs.asUser', { name }) })),
            ]}
          />
        </Field>
        <Button
          busy={begin.isPending}
          onClick={() =>
            begin.mutate({ kind: chosen.startsWith('role ') ? 'role' : 'user', name: chosen.slice(cut + 1) })
          }
        >
          {t('tryAs.begin')}
        </Button>
      </div>
      {begin.error ? <QueryFault error={begin.error} className="px-3 pb-3" /> : null}
    </Panel>
  )
}
