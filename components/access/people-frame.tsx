'use client'
// components/access/people-frame.tsx: the head of the pages about people: users and roles for an admin, tokens for everybody.
import { usePathname } from 'next/navigation'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { clusterHref } from '../shell/address'
import { useClusterId, useMe } from '../shell/cluster'
import { PageHead } from '../ui/panel'
import { Forbidden } from '../ui/region'
import { PageTabs } from '../ui/tabs'

const tabs = ['users', 'roles', 'masks', 'tokens', 'acl'] as const

/** `action`: the page's button. An admin's page says so to whoever is none, and keeps the way to the tokens. */
export function PeopleFrame(props: { needsAdmin?: boolean; action?: ReactNode; children: ReactNode }) {
  const t = useTranslations('people')
  const pathname = usePathname()
  const cluster = useClusterId()
  const hrefOf = (tab: (typeof tabs)[number]) => (tab === 'acl' ? clusterHref(cluster, 'acl') : `/access/${tab}`)
  const mayIn = useMe()?.rights.includes('console.admin') ?? false
  const isShut = props.needsAdmin === true && !mayIn
  return (
    <>
      <PageHead title={t('title')}>{isShut ? null : props.action}</PageHead>
      <PageTabs
        label={t('tabs')}
        className="-mt-1 flex-none"
        current={pathname}
        tabs={tabs
          .filter((tab) => tab !== 'acl' || cluster !== '')
          .map((tab) => ({ href: hrefOf(tab), label: t(`tab.${tab}`) }))}
      />
      {isShut ? <Forbidden title={t('adminOnly')}>{t('adminOnlyNote')}</Forbidden> : props.children}
    </>
  )
}
