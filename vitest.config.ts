// vitest.config.ts: the tests by what they need. `unit` needs nothing; `process` starts threads and processes from
// dist/ (built once, in the global set-up); `conformance` starts stock clients in other languages as well.
import { defineConfig } from 'vitest/config'
import { LongFirst } from './test/support/long-first'

/** Tests that start workers or whole processes. */
const processTests = [
  'test/broker/worker/*-process.test.ts',
  'test/broker/{main,index}*.test.ts',
  'test/server/main*.test.ts',
  'test/server/console.test.ts',
  'test/server/alarms/{alarms,causes}.test.ts',
  'test/fault/process-*.test.ts',
]

export default defineConfig({
  test: {
    sequence: { sequencer: LongFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          globalSetup: 'test/support/own-temporary.ts',
          include: ['test/{broker,server,components,app,fault,golden,house,support}/**/*.test.{ts,tsx}'],
          exclude: processTests,
          testTimeout: 30_000, // nothing asserts how fast it is, and others may use the machine
          hookTimeout: 30_000,
          maxWorkers: 3, // some of them wait; the default leaves one of two cores idle
          isolate: false, // none leaves anything in the modules it shares, and loading them anew costs a third of the time
        },
      },
      {
        extends: true,
        test: {
          name: 'process',
          sequence: { groupOrder: 1 }, // a long run of several kinds has one kind after the other
          include: processTests,
          globalSetup: ['test/support/own-temporary.ts', 'test/support/build-once.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2, // much of what they do is wait
        },
      },
      {
        extends: true,
        test: {
          name: 'long', // not in `npm test`: see test/run-long.mjs
          sequence: { groupOrder: 2 },
          include: ['test/long/*.test.ts'],
          globalSetup: ['test/support/own-temporary.ts', 'test/support/build-once.ts'],
          maxWorkers: 1,
        },
      },
      {
        extends: true,
        test: {
          name: 'conformance',
          sequence: { groupOrder: 3 },
          include: ['test/client/**/*.test.ts'],
          globalSetup: ['test/support/own-temporary.ts', 'test/support/build-once.ts'],
          testTimeout: 180_000,
          hookTimeout: 240_000,
          maxWorkers: 3, // much of what they do is wait
        },
      },
    ],
  },
})
