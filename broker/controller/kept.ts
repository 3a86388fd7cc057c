// broker/controller/kept.ts: what a controller must remember over a restart, as one small file. Owner: the controller. An
// answer leaves only when the change it tells of would survive a crash.
import { readFileOrBackup, writeFileAtomic } from '../file/small-file'
import {
  type BodyOf,
  bean,
  dict,
  int,
  list,
  numberDict,
  optional,
  readBody,
  text,
  writeBodyText,
} from '../protocol/body-table'
import type { ReplicaGroup } from './replicas'

const groupBody = bean({
  clusterName: text,
  masterEpoch: int,
  masterId: optional(int),
  nextBrokerId: int,
  replicas: numberDict(bean({ address: text, checkCode: text })),
  syncStateSet: list(int),
  syncStateSetEpoch: int,
})
const fileBody = bean({ groups: dict(groupBody) })

export interface KeptGroups {
  readonly groups: readonly ReplicaGroup[]
  /** Resolves when all that `groups` held when it was called is kept. Calls meanwhile share the next write. */
  save(groups: Iterable<ReplicaGroup>): Promise<void>
}

/** Throws when there is a file and neither it nor its backup can be read: an epoch that is forgotten could be given twice. */
export async function openKeptGroups(path: string): Promise<KeptGroups> {
  const held = await readFileOrBackup(path, (content) => readBody(fileBody, content))
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  return {
    groups: [...(held?.groups ?? [])].map(([brokerName, { masterId, syncStateSet, ...group }]) => ({
      ...group,
      brokerName,
      masterId,
      syncStateSet: new Set(syncStateSet),
    })),
    save(groups) {
      next ??= running.then(() => {
        next = undefined
        const table = [...groups].map(
          ({ brokerName, masterId, syncStateSet, ...group }): [string, BodyOf<typeof groupBody>] => [
            brokerName,
            { ...group, syncStateSet: [...syncStateSet], ...(masterId === undefined ? {} : { masterId }) },
          ],
        )
        return writeFileAtomic(path, writeBodyText(fileBody, { groups: new Map(table) }, 'standard'))
      })
      running = next.catch(() => {})
      return next
    },
  }
}
