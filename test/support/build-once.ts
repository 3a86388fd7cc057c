// test/support/build-once.ts: global set-up of the tests that start threads and processes: compiles dist/ when it is
// stale, once, and says where it lies.
import { ensureBundle } from '../../broker/build/bundle.mjs'

export default async function setup(): Promise<void> {
  process.env.TEST_BROKER_BUNDLE = await ensureBundle('broker')
}
