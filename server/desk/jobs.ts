// server/desk/jobs.ts: the jobs of a cluster as pages see them, and the one kind of them there is.
import { inputOf, placeOf, planOf } from '../change/redrive-work'
import type { JobState, Jobs } from '../jobs/open'
import type { JobsDesk } from '../shared/desk'
import type { JobItemRow, JobRow } from '../shared/views'

export const jobRowOf = ({ job, counts, queued, perSecond, retry }: JobState): JobRow => {
  const { target, toTopic, mostPerSecond } = planOf(job)
  const { id, object, state, who, reason, createdAt, beganAt, endedAt, total, trouble } = job
  return {
    ...{ id, kind: 'redrive', object, state, queued, who, reason, createdAt, beganAt, endedAt, total },
    ...{ counts, perSecond, trouble, retry, target, toTopic, mostPerSecond },
  }
}
export const openJobsDesk = (jobs: Jobs): JobsDesk => ({
  list: async () => (await jobs.list()).map(jobRowOf),
  get: async (id) => jobRowOf(await jobs.get(id)),
  async items({ job: id, state, page, size }) {
    const { job, counts } = await jobs.get(id)
    const found = await jobs.items(id, state, size, (page - 1) * size)
    return {
      rows: found.map(
        (item): JobItemRow => ({
          seq: item.seq,
          offsetId: item.key,
          title: item.title,
          to: inputOf(item).to,
          state: item.state,
          place: placeOf(item),
          error: item.error,
          at: item.at,
        }),
      ),
      total: job.total,
      matched: state === undefined ? job.total : counts[state],
      page,
      size,
      facets: [],
      missing: [],
      at: Date.now(),
    }
  },
  act: async ({ job, group, act }) => jobRowOf(await jobs.act(job, group, act)),
})
