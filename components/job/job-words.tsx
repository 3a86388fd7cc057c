'use client'
// components/job/job-words.tsx: what is said about a job wherever it is shown: its state, how far it is, where it puts things.
import { useTranslations } from 'use-intl'
import type { JobRow } from '../../server/shared/views'
import { useFormat } from '../format'
import { Mark, type MarkState } from '../ui/mark'
import { Meter } from '../ui/panel'

const marks: Record<JobRow['state'], MarkState> = { running: 'busy', paused: 'warn', stopped: 'off', done: 'ok' }
/** Not all that it was to do has come off. */
const isPartly = ({ state, counts }: JobRow): boolean => state === 'done' && counts.failed + counts.unsure > 0

export const JobStateWord = ({ job }: { job: JobRow }) => {
  const t = useTranslations('job.state')
  const words = job.queued ? 'queued' : job.retry !== null ? 'retrying' : isPartly(job) ? 'partly' : job.state
  return (
    <span className="flex items-center gap-1.5 whitespace-nowrap">
      <Mark state={isPartly(job) || job.retry !== null ? 'warn' : job.queued ? 'off' : marks[job.state]} />
      {t(words)}
    </span>
  )
}
export const endedOf = ({ counts, total }: JobRow): number => total - counts.waiting - counts.begun

export const JobProgress = ({ job }: { job: JobRow }) => {
  const t = useTranslations('job')
  const format = useFormat()
  const share = job.total === 0 ? 1 : endedOf(job) / job.total
  return (
    <span className="flex items-center gap-2">
      <Meter percent={share * 100} label={t('progress', { percent: format.percent(share) })} />
      <span className="tnum text-ink-2 text-xs">
        {t('of', { done: format.count(endedOf(job)), total: format.count(job.total) })}
      </span>
    </span>
  )
}
export const useTargetWords = (job: JobRow | undefined): string => {
  const t = useTranslations('job')
  return job === undefined ? '' : t(`target.${job.target}`, { topic: job.toTopic ?? '' })
}
