// test/support/clusters.ts: the console's clusters over a folder of the test's own, without pages or people.
import { join } from 'node:path'
import { type Database, openDatabase } from '../../server/db/open'
import { type OpenClusters, openClusters } from '../../server/desk/clusters'
import { openSeal } from '../../server/guard/seal'
import { openNotify } from '../../server/notify/open'

export interface TestClusters {
  readonly clusters: OpenClusters
  readonly database: Database
  close(): Promise<void>
}
export async function openTestClusters(folder: string, turnMs: number): Promise<TestClusters> {
  const log = (): void => undefined
  const database = await openDatabase({ file: join(folder, 'console.db'), thread: false })
  const seal = openSeal(folder)
  const notify = await openNotify({ database, seal, log })
  const audit = { write: async () => undefined }
  const clusters = await openClusters({ database, notify, seal, audit, given: [], log, turnMs })
  return {
    clusters,
    database,
    async close() {
      await clusters.close()
      await notify.close()
      await database.close()
    },
  }
}
