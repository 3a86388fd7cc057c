'use client'
// components/group/reads-nothing.tsx: a group that has neither read nor subscribed: what it is waiting for, in place of figures.
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { GroupView } from '../../server/shared/views'
import { clusterHref } from '../shell/address'
import { useOverview } from '../shell/cluster'
import { SnippetBrief } from '../shell/connect'
import { Link } from '../ui/link'
import { Panel } from '../ui/panel'
import { Empty } from '../ui/region'
import { useGroupAt } from './use-group'

/** A new group is no wall of unknown figures: there is nothing to count yet. */
export const ReadsNothing = ({ view }: { view: GroupView }) => {
  const t = useTranslations('group.progress')
  const { cluster, group } = useGroupAt()
  const connect = useOverview(cluster).data?.connect
  const online = isKnown(view.row.clients) && view.row.clients.value > 0
  return (
    <Panel className="flex-none">
      <Empty
        title={t('nothing')}
        action={
          <div className="mt-1.5 flex w-full flex-col gap-3">
            <Link
              href={`${clusterHref(cluster, 'doctor')}?${new URLSearchParams({ symptom: 'receive', group })}`}
              className="self-start"
            >
              {t('doctor')}
            </Link>
            {!online && connect && <SnippetBrief {...connect} />}
          </div>
        }
      >
        {t(online ? 'nothingOnline' : 'nothingOffline')}
      </Empty>
    </Panel>
  )
}
