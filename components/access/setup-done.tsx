'use client'
// components/access/setup-done.tsx: the last step: the addresses, a program to copy, and a first message that goes round.
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { SnippetBrief } from '../shell/connect'
import { Region } from '../shell/fault'
import { FirstMessage } from '../shell/first-message'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy'
import { State } from '../ui/mark'

const ASK_AGAIN_MS = 2000

export function SetupDone({ onOpen }: { onOpen: () => void }) {
  const t = useTranslations('access')
  const trpc = useTRPC()
  const clusters = useQuery(trpc.cluster.list.queryOptions(undefined, { meta: { still: true } }))
  const cluster = clusters.data?.[0]
  const id = cluster?.id ?? ''
  // The cluster may have started a moment ago: asked again until the sampler has seen it.
  const info = useQuery(
    trpc.cluster.info.queryOptions(
      { cluster: id },
      { enabled: id !== '', refetchInterval: ASK_AGAIN_MS, meta: { still: true } },
    ),
  )
  const overview = useQuery(
    trpc.cluster.overview.queryOptions(
      { cluster: id },
      { enabled: id !== '', refetchInterval: ASK_AGAIN_MS, meta: { still: true } },
    ),
  )
  const namesrv = overview.data?.connect.namesrv ?? cluster?.namesrv[0] ?? ''
  return (
    <div className="max-w-[880px]">
      <State
        state={cluster?.verdict === 'down' ? 'crit' : info.data ? 'ok' : 'busy'}
        className="text-sm font-strong text-ink-2"
      >
        {cluster?.bundled ? t('bundledRuns', { name: cluster.name }) : t('connectedTo', { name: cluster?.name ?? '' })}
      </State>
      <h1 className="mt-1 text-3xl/[42px] font-semibold tracking-[-0.02em]">
        {cluster?.bundled === false ? t('connectedTitle') : t('runningTitle')}
      </h1>
      <Region query={info}>
        {(data) => (
          <dl className="mt-[22px] grid grid-cols-[repeat(auto-fit,minmax(180px,1fr))] overflow-hidden rounded-lg border border-line">
            <Address name={t('nameServer')} address={namesrv} />
            {data.brokerKeys.map(({ key, address, role }) => (
              <Address key={key} name={`${key}, ${t(`role.${role}`)}`} address={address} />
            ))}
            <Address name={t('console')} address={typeof window === 'undefined' ? '' : window.location.host} />
          </dl>
        )}
      </Region>
      <div className="mt-[26px]">
        {namesrv ? (
          <SnippetBrief
            namesrv={namesrv}
            loopbackOnly={overview.data?.connect.loopbackOnly ?? false}
            acl={overview.data?.connect.acl ?? false}
          />
        ) : null}
      </div>
      {id ? (
        <div className="mt-[22px]">
          <FirstMessage cluster={id} />
        </div>
      ) : null}
      <Button look="primary" size="lg" className="mt-6" onClick={onOpen}>
        {t('openOverview')}
      </Button>
    </div>
  )
}

function Address({ name, address }: { name: string; address: string }) {
  return (
    <div className="-mt-px -ml-px border-t border-l border-hair px-3.5 py-2.5">
      <dt className="text-xs text-ink-3">{name}</dt>
      <dd className="flex items-center gap-1.5">
        <span className="mono text-[13px]">{address}</span>
        <CopyButton text={address} what={name} />
      </dd>
    </div>
  )
}
