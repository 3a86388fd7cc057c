'use client'
// components/access/acl-policy-sheet.tsx: what a user may: by what a producer and a consumer need, or entry by entry. What is
// about to be written stands there before it is.
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { type AclEntry, aclActions, aclDecisions, aclTemplates, entriesOf } from '../../server/shared/acl'
import { aclPoliciesInput } from '../../server/shared/inputs'
import { ClusterName, useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Sheet } from '../ui/dialog'
import { Field, Input } from '../ui/input'
import { Segmented } from '../ui/segmented'
import { Select } from '../ui/select'
import { Checkbox } from '../ui/tick'
import { useSettled } from './acl-result'

const ways = [...aclTemplates, 'own'] as const
type Way = (typeof ways)[number]

export function AclPolicySheet(props: { users: readonly string[]; user: string; onClose: () => void }) {
  const { users, onClose } = props
  const t = useTranslations('acl')
  const tPeople = useTranslations('people')
  const trpc = useTRPC()
  const cluster = useClusterId()
  const settled = useSettled()
  const [user, setUser] = useState(props.user || (users[0] ?? ''))
  const [way, setWay] = useState<Way>('producer')
  const [topic, setTopic] = useState('')
  const [group, setGroup] = useState('')
  const [resource, setResource] = useState('')
  const [actions, setActions] = useState<readonly (typeof aclActions)[number][]>(['Get'])
  const [decision, setDecision] = useState<(typeof aclDecisions)[number]>('Allow')
  const [from, setFrom] = useState('')
  const sourceIps = from.split(/[\s,]+/).filter((one) => one !== '')
  const entries: AclEntry[] =
    way === 'own' ? [{ resource, actions, sourceIps, decision }] : entriesOf(way, { topic, group, sourceIps })
  const parsed = aclPoliciesInput.safeParse({ cluster, user, entries })
  const save = useMutation(
    trpc.acl.putPolicies.mutationOptions({ onSuccess: settled(t('policy.saved', { user }), onClose) }),
  )
  return (
    <Sheet
      open
      onOpenChange={(open) => open || onClose()}
      width="pane"
      title={t('policy.create')}
      about={<ClusterName />}
      footer={
        <>
          <span className="flex-1" />
          <Button className="h-8" onClick={onClose}>
            {tPeople('cancel')}
          </Button>
          <Button
            type="submit"
            form="acl-policy"
            look="primary"
            className="h-8"
            busy={save.isPending}
            reason={parsed.success ? undefined : t('policy.wrong')}
          >
            {t('policy.save')}
          </Button>
        </>
      }
    >
      <form
        id="acl-policy"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (parsed.success && !save.isPending) save.mutate(parsed.data)
        }}
      >
        <Field label={t('policy.user')}>
          <Select mono value={user} onChange={setUser} choices={users.map((name) => ({ value: name, label: name }))} />
        </Field>
        <Segmented
          className="self-start"
          label={t('policy.way')}
          value={way}
          onChange={setWay}
          choices={ways.map((value) => ({ value, label: t(`way.${value}`) }))}
        />
        {way === 'own' ? (
          <>
            <Field label={t('policy.resource')} hint={t('policy.resourceHint')}>
              <Input
                mono
                placeholder="Topic:orders_*"
                value={resource}
                onChange={(event) => setResource(event.target.value)}
              />
            </Field>
            <fieldset>
              <legend className="mb-1 text-ink-2 text-xs">{t('policy.actions')}</legend>
              <div className="grid grid-cols-4 gap-x-4 gap-y-1 max-sm:grid-cols-2">
                {aclActions.map((action) => (
                  <Checkbox
                    key={action}
                    checked={actions.includes(action)}
                    onChange={(on) => setActions(on ? [...actions, action] : actions.filter((one) => one !== action))}
                  >
                    {action}
                  </Checkbox>
                ))}
              </div>
            </fieldset>
            <Segmented
              className="self-start"
              label={t('policy.decision')}
              value={decision}
              onChange={setDecision}
              choices={aclDecisions.map((value) => ({ value, label: t(`decision.${value}`) }))}
            />
          </>
        ) : (
          <>
            <Field label={t('policy.topic')} hint={t('policy.nameHint')}>
              <Input mono autoFocus value={topic} onChange={(event) => setTopic(event.target.value)} />
            </Field>
            {way === 'producer' ? null : (
              <Field label={t('policy.group')} hint={t('policy.nameHint')}>
                <Input mono value={group} onChange={(event) => setGroup(event.target.value)} />
              </Field>
            )}
          </>
        )}
        <Field label={t('policy.from')} hint={t('policy.fromHint')}>
          <Input mono placeholder="10.0.0.0/8" value={from} onChange={(event) => setFrom(event.target.value)} />
        </Field>
        {parsed.success ? (
          <p className="rounded-md border border-hair bg-sunken px-3 py-2 text-sm">
            {entries.map((one) => (
              <span key={one.resource} className="block">
                {t(`decision.${one.decision}`)} <b className="font-strong">{one.actions.join(', ')}</b>{' '}
                <span className="mono">{one.resource}</span>
              </span>
            ))}
          </p>
        ) : null}
        {save.error ? <QueryFault error={save.error} className="px-0 py-1" /> : null}
      </form>
    </Sheet>
  )
}
