'use client'
// components/shell/notifications.tsx: the bell: what fires, and how long work goes or ended within the day. It says where to look; what
// people are told by mail or chat is set under Alarms.
import { useQuery } from '@tanstack/react-query'
import { Bell } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { ruleNameIn } from '../../server/shared/alarms'
import type { JobRow } from '../../server/shared/views'
import { Ago, Name, useFormat } from '../format'
import { usePreferences } from '../i18n/preferences'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { cn } from '../ui/cn'
import { Link } from '../ui/link'
import { Mark, type MarkState } from '../ui/mark'
import { Popover } from '../ui/popover'
import { clusterHref } from './address'
import { useOverview } from './cluster'

const DAY_MS = 86_400_000
const MOST_JOBS = 5
const jobMark = (job: JobRow): MarkState => {
  if (job.state === 'running') return 'busy'
  if (job.state === 'done') return job.counts.failed + job.counts.unsure > 0 ? 'warn' : 'ok'
  return job.state === 'paused' ? 'warn' : 'off'
}

export function Notifications({ cluster }: { cluster: string }) {
  const t = useTranslations('shell.bell')
  const { language } = usePreferences()
  const trpc = useTRPC()
  const [open, setOpen] = useState(false)
  const alarms = useOverview(cluster).data?.alarms
  const jobs = useQuery(trpc.job.list.queryOptions({ cluster }, { enabled: cluster !== '' })).data ?? []
  const recent = jobs.filter(({ endedAt }) => endedAt === null || Date.now() - endedAt < DAY_MS).slice(0, MOST_JOBS)
  const firing = (alarms?.critical ?? 0) + (alarms?.warning ?? 0)
  const close = () => setOpen(false)
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label={t('title')}
      className="w-[380px] max-w-[calc(100vw-16px)] p-0"
      trigger={
        <Button
          look="ghost"
          shape="icon"
          className="relative"
          aria-label={firing > 0 ? t('firing', { count: firing }) : t('title')}
          note={t('title')}
        >
          <Bell />
          {firing > 0 ? (
            <i
              aria-hidden
              className={cn(
                'absolute top-[5px] right-[5px] size-[7px] rounded-full ring-2 ring-ground',
                (alarms?.critical ?? 0) > 0 ? 'bg-crit-mark' : 'bg-warn-mark',
              )}
            />
          ) : null}
        </Button>
      }
    >
      <Part title={t('alarms')} all={t('allAlarms')} href={clusterHref(cluster, 'alarms')} onGo={close}>
        {(alarms?.first ?? []).map(({ id, rule, subject, severity, since, silenced }) => (
          <Line
            key={id}
            mark={silenced ? 'off' : severity === 'critical' ? 'crit' : 'warn'}
            text={ruleNameIn(language, rule)}
            name={subject}
            at={since}
            href={clusterHref(cluster, 'alarms')}
            onGo={close}
          />
        ))}
        {alarms?.first.length === 0 ? <p className="px-3 pb-2 text-ink-3">{t('nothingFires')}</p> : null}
      </Part>
      <Part title={t('jobs')} all={t('allJobs')} href={clusterHref(cluster, 'jobs')} onGo={close}>
        {recent.map((job) => (
          <Line
            key={job.id}
            mark={jobMark(job)}
            text={t(`job.${job.state}`)}
            name={job.object}
            at={job.endedAt ?? job.createdAt}
            href={clusterHref(cluster, 'jobs', job.id)}
            onGo={close}
          />
        ))}
        {recent.length === 0 ? <p className="px-3 pb-2 text-ink-3">{t('noJobs')}</p> : null}
      </Part>
    </Popover>
  )
}

interface PartProps {
  readonly title: string
  readonly all: string
  readonly href: string
  readonly onGo: () => void
  readonly children: React.ReactNode
}
const Part = ({ title, all, href, onGo, children }: PartProps) => (
  <section className="border-hair not-first:border-t">
    <div className="flex h-9 items-center px-3">
      <h2 className="flex-1 font-semibold text-[13px]">{title}</h2>
      <Link href={href} onClick={onGo} className="text-xs">
        {all}
      </Link>
    </div>
    {children}
  </section>
)

interface LineProps {
  readonly mark: MarkState
  readonly text: string
  readonly name: string
  readonly at: number
  readonly href: string
  readonly onGo: () => void
}
const Line = ({ mark, text, name, at, href, onGo }: LineProps) => {
  const format = useFormat()
  return (
    <Link
      href={href}
      quiet
      onClick={onGo}
      className="flex min-h-8 min-w-0 items-center gap-2 px-3 text-ink -outline-offset-2 hover:bg-hover hover:no-underline max-sm:min-h-11"
    >
      <Mark state={mark} />
      <span className="flex-none">{text}</span>
      <span className="min-w-0 flex-1 text-ink-3">
        <Name>{name}</Name>
      </span>
      <span className="tnum flex-none whitespace-nowrap text-ink-3 text-xs" title={format.isoTime(at)}>
        <Ago at={at} />
      </span>
    </Link>
  )
}
