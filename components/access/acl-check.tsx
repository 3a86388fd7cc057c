'use client'
// components/access/acl-check.tsx: would the brokers let this user do that? Broker by broker, with the entry that decides.
import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { useTranslations } from 'use-intl'
import { aclActions, aclKinds } from '../../server/shared/acl'
import { useClusterId } from '../shell/cluster'
import { Region } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Field, Input } from '../ui/input'
import { State } from '../ui/mark'
import { Panel } from '../ui/panel'
import { Select } from '../ui/select'

export function AclCheck({ users }: { users: readonly string[] }) {
  const t = useTranslations('acl')
  const trpc = useTRPC()
  const cluster = useClusterId()
  const names = [...new Set(users)]
  const [chosen, setChosen] = useState<string | null>(null)
  const [kind, setKind] = useState<(typeof aclKinds)[number]>('Topic')
  const [name, setName] = useState('')
  const [action, setAction] = useState<(typeof aclActions)[number]>('Pub')
  const [sourceIp, setSourceIp] = useState('')
  const user = chosen ?? names[0] ?? ''
  const asked = useDeferredValue({ cluster, user, kind, name, action, sourceIp })
  const query = useQuery(trpc.acl.check.queryOptions(asked, { meta: { still: true } }))
  return (
    <Panel title={t('check.title')} about={t('check.about')} ruled>
      <div className="grid grid-cols-2 gap-2 px-3 py-3 md:grid-cols-5 xl:grid-cols-2">
        <Field label={t('policy.user')} className="col-span-2 md:col-span-1 xl:col-span-2">
          <Select mono value={user} onChange={setChosen} choices={names.map((one) => ({ value: one, label: one }))} />
        </Field>
        <Field label={t('action')}>
          <Select value={action} onChange={setAction} choices={aclActions.map((one) => ({ value: one, label: one }))} />
        </Field>
        <Field label={t('check.kind')}>
          <Select value={kind} onChange={setKind} choices={aclKinds.map((one) => ({ value: one, label: one }))} />
        </Field>
        <Field label={t('check.name')}>
          <Input mono value={name} placeholder={t('check.any')} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label={t('check.from')}>
          <Input
            mono
            value={sourceIp}
            placeholder={t('anywhere')}
            onChange={(event) => setSourceIp(event.target.value)}
          />
        </Field>
      </div>
      <Region query={query}>
        {(rows) => (
          <ul className="border-t border-hair" aria-label={t('check.title')}>
            {rows.map(({ broker, allowed, why, by }) => (
              <li key={broker} className="border-b border-hair px-3 py-1.5 text-sm last:border-b-0">
                <span className="flex items-center gap-2">
                  <State state={why === 'silent' ? 'unknown' : allowed ? 'ok' : 'off'}>
                    <span className="mono">{broker}</span>
                  </State>
                  <span className="ml-auto text-right text-ink-2">{t(`why.${why}`)}</span>
                </span>
                {by ? (
                  <span className="block text-right text-ink-3 text-xs">
                    {t(`decision.${by.decision}`)} <span className="mono">{by.resource}</span>
                  </span>
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </Region>
    </Panel>
  )
}
