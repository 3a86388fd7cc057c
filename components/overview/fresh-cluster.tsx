'use client'
// components/overview/fresh-cluster.tsx: a cluster without a topic and without a message: in place of charts, a program to copy
// and a message to send.
import { useTranslations } from 'use-intl'
import type { Overview } from '../../server/shared/views'
import { SnippetBrief } from '../shell/connect'
import { FirstMessage } from '../shell/first-message'
import { useWhyNot } from '../shell/why-not'
import { Panel } from '../ui/panel'

export function FreshCluster({ cluster, connect }: { cluster: string; connect: Overview['connect'] }) {
  const t = useTranslations('overview')
  const whyNot = useWhyNot()
  const maySend = whyNot('message.send') === undefined && whyNot('topic.write') === undefined
  return (
    <div className="grid items-start gap-2.5 lg:grid-cols-2">
      <Panel title={t('freshTitle')} ruled>
        <div className="px-3 py-3">
          <p className="mb-3 text-sm text-ink-2">{t('freshNote')}</p>
          <SnippetBrief namesrv={connect.namesrv} loopbackOnly={connect.loopbackOnly} acl={connect.acl} />
        </div>
      </Panel>
      {maySend ? <FirstMessage cluster={cluster} /> : null}
    </div>
  )
}
