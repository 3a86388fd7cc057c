// components/topic/first-topics.ts: what the list of topics asks when its address says nothing. Server and browser share it: what one asked the other finds.
export const TOPICS_SORT = '-in,name'
export const firstTopics = (cluster: string) => ({
  ...{ cluster, q: '', sort: TOPICS_SORT, page: 1, size: 50 },
  ...{ type: [], kind: ['user' as const], only: [] },
})
