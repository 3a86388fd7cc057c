// components/group/first-groups.ts: what the list of groups asks when its address says nothing; see first-topics.ts.
export const GROUPS_SORT = '-behind,name'
export const firstGroups = (cluster: string) => ({
  ...{ cluster, q: '', sort: GROUPS_SORT, page: 1, size: 50 },
  ...{ state: [], only: [] },
})
