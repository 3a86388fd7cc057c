// components/group/group-form.ts: the mqadmin line that makes the same group. Pure.

import { shellWord } from '../format'

export interface NewGroup {
  readonly name: string
  readonly retryMaxTimes: number
  readonly orderly: boolean
  readonly broadcast: boolean
}
export const createGroupLine = (group: NewGroup, namesrv: readonly string[], wireCluster: string): string =>
  [
    'mqadmin updateSubGroup',
    ...(namesrv.length === 0 ? [] : [`-n '${namesrv.join(';')}'`]),
    `-c ${shellWord(wireCluster)}`,
    `-g ${shellWord(group.name)}`,
    '-s true',
    `-d ${group.broadcast}`,
    ...(group.orderly ? ['-o true'] : []),
    `-r ${group.retryMaxTimes}`,
  ].join(' ')
