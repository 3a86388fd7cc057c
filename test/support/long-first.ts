// test/support/long-first.ts: files that take minutes begin first, so that none of them runs on alone at the end. The order
// of all others is Vitest's.
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** By how long they take, the longest first. */
const longest = [
  'test/client/console-apache.test.ts',
  'test/client/console-ours.test.ts',
  'test/client/mqadmin.test.ts',
  'test/client/replication.test.ts',
  'test/client/mixed.test.ts',
  'test/client/rows.test.ts',
  'test/fault/process-kill.test.ts',
  'test/broker/main.test.ts',
  'test/server/main.test.ts',
  'test/broker/schedule/prepared.test.ts',
  'test/broker/worker/replication.test.ts',
  'test/broker/processor/pop.test.ts',
]
const rank = ({ moduleId }: TestSpecification): number => {
  const at = longest.findIndex((path) => moduleId.endsWith(path))
  return at < 0 ? longest.length : at
}

export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other))
  }
}
