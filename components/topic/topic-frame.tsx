'use client'
// components/topic/topic-frame.tsx: what stands above every tab of a topic: its name, what it is, what can be done with it.
import { Ellipsis, Search, Send, Trash2, Undo2 } from 'lucide-react'
import { usePathname, useRouter } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { behindLevel, useFormat } from '../format'
import { clusterHref, topicHref } from '../shell/address'
import { QueryFault } from '../shell/fault'
import { useWhyNot } from '../shell/why-not'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy'
import { Link } from '../ui/link'
import { Menu, MenuItem, MenuSeparator } from '../ui/menu'
import { PageHead } from '../ui/panel'
import { PageTabs } from '../ui/tabs'
import { Tag } from '../ui/tag'
import { DeleteTopic } from './delete-topic'
import { TypeTag, usePermWord } from './topic-words'
import { useTopic, useTopicAt, useTopicFeed } from './use-topic'

export const TopicFrame = ({ children }: { children: ReactNode }) => {
  const at = useTopicAt()
  const { cluster, topic } = at
  const t = useTranslations('topic')
  const format = useFormat()
  const permWord = usePermWord()
  const router = useRouter()
  const pathname = usePathname()
  const whyNot = useWhyNot()
  const query = useTopic(at)
  useTopicFeed(at)
  const [deleting, setDeleting] = useState(false)
  const view = query.data
  const worst = view?.groups.map((group) => behindLevel(group.behind)) ?? []
  const mark = worst.includes('critical') ? 'crit' : worst.includes('warning') ? 'warn' : null
  const tabs = ['', 'queues', 'messages', 'groups', 'producers', 'config'] as const
  const counts: Partial<Record<(typeof tabs)[number], number>> = {
    ...(view ? { queues: view.queues.length, groups: view.groups.length } : {}),
  }
  const current = tabs
    .map((tab) => topicHref(cluster, topic, tab))
    .findLast((href) => pathname === href || pathname.startsWith(`${href}/`))
  /** Nothing can be done with what is not there. */
  const isGone = query.error !== null && view === undefined
  return (
    <>
      <PageHead
        mono
        title={topic}
        about={
          <>
            <CopyButton text={topic} what={t('name')} className="-ml-2" />
            {view && <TypeTag type={view.row.type} kind={view.row.kind} />}
            {view && <Tag>{permWord(view.row.perm)}</Tag>}
            {view?.row.order && <Tag>{t('ordered')}</Tag>}
          </>
        }
      >
        {isGone ? null : (
          <>
            <Button asChild>
              <Link quiet href={topicHref(cluster, topic, 'messages')} className="hover:no-underline">
                <Search />
                {t('menu.messages')}
              </Link>
            </Button>
            <Button asChild>
              <Link
                quiet
                href={`${clusterHref(cluster, 'send')}?topic=${encodeURIComponent(topic)}`}
                className="hover:no-underline"
              >
                <Send />
                {t('menu.send')}
              </Link>
            </Button>
            <Menu
              trigger={
                <Button shape="icon" aria-label={t('menu.more')}>
                  <Ellipsis />
                </Button>
              }
            >
              <MenuItem icon={<Undo2 />} onSelect={() => router.push(topicHref(cluster, topic, 'config'))}>
                {t('menu.config')}
              </MenuItem>
              <MenuSeparator />
              <MenuItem
                icon={<Trash2 />}
                danger
                reason={view?.row.kind === 'system' ? t('menu.system') : whyNot('topic.delete')}
                onSelect={() => setDeleting(true)}
              >
                {t('menu.delete')}
              </MenuItem>
            </Menu>
          </>
        )}
      </PageHead>
      <PageTabs
        label={t('tabs')}
        className="-mt-1 flex-none"
        current={current ?? topicHref(cluster, topic)}
        tabs={tabs.map((tab) => {
          const count = counts[tab]
          return {
            href: topicHref(cluster, topic, tab),
            label: t(`tab.${tab === '' ? 'overview' : tab}`),
            ...(count === undefined ? {} : { count: format.count(count) }),
            ...(tab === 'groups' && mark
              ? { mark: { state: mark, label: t(mark === 'crit' ? 'farBehind' : 'behind') } }
              : {}),
          }
        })}
      />
      {isGone ? <QueryFault error={query.error} onRetry={() => void query.refetch()} /> : children}
      <DeleteTopic
        {...at}
        open={deleting}
        onOpenChange={setDeleting}
        onDone={() => router.push(clusterHref(cluster, 'topics'))}
      />
    </>
  )
}
