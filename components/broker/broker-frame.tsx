'use client'
// components/broker/broker-frame.tsx: the head of one broker: name, state, what can be done to it, and its tabs.
import { usePathname } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Value } from '../format'
import { brokerHref, decoded } from '../shell/address'
import { QueryFault } from '../shell/fault'
import { useWhyNot } from '../shell/why-not'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy'
import { PageHead, Panel } from '../ui/panel'
import { Skeleton } from '../ui/region'
import { PageTabs } from '../ui/tabs'
import { Tag } from '../ui/tag'
import { BrokerStateWord } from './broker-state'
import { useBroker, useBrokerAt } from './use-broker'
import { WriteDialog } from './write-dialog'

export function BrokerFrame({ children }: { children: ReactNode }) {
  const t = useTranslations('broker')
  const { cluster, broker } = useBrokerAt()
  const { data, error, refetch } = useBroker()
  const pathname = usePathname()
  const whyNot = useWhyNot()('broker.write')
  const [writing, setWriting] = useState(false)
  const row = data?.row
  const isSilent = row?.state === 'silent'
  const base = brokerHref(cluster, broker)
  const tabs = [
    { href: base, label: t('tab.runtime') },
    { href: `${base}/config`, label: t('tab.config') },
    { href: `${base}/replication`, label: t('tab.replication') },
    ...(row?.part ? [{ href: `${base}/process`, label: t('tab.process') }] : []),
  ]
  const writable = row?.writable && 'value' in row.writable ? row.writable.value : null
  return (
    <>
      <PageHead
        title={broker}
        mono
        about={
          <>
            <CopyButton text={broker} className="-ml-2" />
            {row && data ? (
              <>
                <span className="text-ink">
                  <BrokerStateWord row={row} now={data.at} />
                </span>
                <Tag>{t(`role.${row.role}`)}</Tag>
                {row.part ? <Tag>{t('bundled')}</Tag> : null}
                <span className="mono max-sm:hidden">{row.address}</span>
                <span className="max-sm:hidden">
                  <Value of={row.version}>{(version) => version.replace(/^V/, '').replaceAll('_', '.')}</Value>
                </span>
              </>
            ) : null}
          </>
        }
      >
        {row?.role === 'master' && (writable !== null || isSilent) ? (
          <Button reason={whyNot ?? (isSilent ? t('wipe.silent') : undefined)} onClick={() => setWriting(true)}>
            {writable === false ? t('giveBack.button') : t('wipe.button')}
          </Button>
        ) : null}
      </PageHead>
      <PageTabs
        label={broker}
        tabs={tabs}
        current={tabs.find(({ href }) => decoded(href) === decoded(pathname))?.href ?? base}
      />
      {data ? (
        children
      ) : error ? (
        <Panel>
          <QueryFault error={error} onRetry={() => void refetch()} />
        </Panel>
      ) : (
        <Panel className="h-64">
          <Skeleton lines={5} className="py-2" />
        </Panel>
      )}
      {data && writable !== null ? (
        <WriteDialog view={data} give={!writable} open={writing} onOpenChange={setWriting} />
      ) : null}
    </>
  )
}
