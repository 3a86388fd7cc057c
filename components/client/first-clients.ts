// components/client/first-clients.ts: what the list of clients asks when its address says nothing; see first-topics.ts.
export const CLIENTS_SORT = 'client'
export const firstClients = (cluster: string) => ({
  ...{ cluster, q: '', sort: CLIENTS_SORT, page: 1, size: 50 },
  ...{ role: [], language: [] },
})
