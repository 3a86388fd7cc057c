'use client'
// components/access/acl-take-dialog.tsx: an entry of a user is about to go: what it says, from which brokers it goes, and what is
// left to them, before anything is done. Brokers know an entry by user and resource: where they hold different ones, all go.
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import type { AclPolicyRow } from '../../server/shared/views'
import { ClusterName, useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { useSettled } from './acl-result'

interface AclTakeProps {
  readonly row: AclPolicyRow
  readonly rows: readonly AclPolicyRow[]
  readonly onClose: () => void
}
export function AclTakeDialog({ row: { user, resource }, rows, onClose }: AclTakeProps) {
  const t = useTranslations('acl')
  const tPeople = useTranslations('people')
  const trpc = useTRPC()
  const cluster = useClusterId()
  const settled = useSettled()
  const remove = useMutation(trpc.acl.deletePolicy.mutationOptions({ onSuccess: settled(t('policy.gone'), onClose) }))
  const own = rows.filter((one) => one.user === user)
  const going = own.filter((one) => one.resource === resource)
  const left = new Set(own.filter((one) => one.resource !== resource).map((one) => one.resource)).size
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title={t('policy.take')}
      about={<ClusterName />}
      footer={
        <>
          <Button onClick={onClose}>{tPeople('cancel')}</Button>
          <Button look="danger" busy={remove.isPending} onClick={() => remove.mutate({ cluster, user, resource })}>
            {t('policy.takeEffect')}
          </Button>
        </>
      }
    >
      <p className="mb-2 text-sm">
        <span className="text-ink-3">{t('user.name')}</span> <b className="mono font-strong">{user}</b>
      </p>
      <ul className="overflow-hidden rounded-md border border-hair bg-sunken text-sm">
        {going.map((one) => (
          <li key={JSON.stringify(one)} className="border-t border-hair px-3 py-2 first:border-t-0">
            {t(`decision.${one.decision}`)} <b className="font-strong">{one.actions.join(', ')}</b>{' '}
            <span className="mono wrap-anywhere">{one.resource}</span>
            <span className="block text-ink-3">
              {one.sourceIps.length === 0 ? t('anywhere') : one.sourceIps.join(', ')} · {one.brokers.join(', ')}
            </span>
          </li>
        ))}
      </ul>
      <p className="mt-3 text-ink-2 text-sm">{t('policy.takeNote', { user, left })}</p>
      {remove.error ? <QueryFault error={remove.error} className="mt-2 px-0 py-1" /> : null}
    </Dialog>
  )
}
