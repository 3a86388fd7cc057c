// playwright.config.ts: the console in a browser. The server under test is our own, started by test/e2e/server.ts on
// free ports with an empty data folder; the first project goes through set-up and leaves a signed-in state.
import { join } from 'node:path'
import { defineConfig, devices } from '@playwright/test'

/** Where the `set-up` project keeps the admin's cookie: with the server's data, and gone with it. */
export const ADMIN_STATE = join(process.env.E2E_DATA ?? 'test-results', 'admin.json')

const isRoot = process.getuid?.() === 0

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  globalSetup: './test/e2e/server.ts',
  fullyParallel: false,
  workers: 2, // files side by side: each makes topics and groups of its own
  retries: 1, // what passes only then is named as unsteady (test/run.mjs)
  forbidOnly: true,
  timeout: 240_000,
  expect: { timeout: 60_000 }, // of a condition, on a machine with more to do than this
  reporter: [['list']],
  use: {
    ...devices['Desktop Chrome'],
    viewport: { width: 1440, height: 900 },
    ...(process.env.E2E_BASE_URL ? { baseURL: process.env.E2E_BASE_URL } : {}),
    locale: 'en-US',
    timezoneId: 'UTC',
    trace: process.env.E2E_TRACE ? 'retain-on-failure' : 'off', // recording costs a fifth of the run
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(process.env.ROCKETDECK_CHROMIUM ? { executablePath: process.env.ROCKETDECK_CHROMIUM } : {}),
      args: [
        ...(isRoot ? ['--no-sandbox'] : []),
        // Nothing here is the browser maker's business: no updates, no field trials, no start page.
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-domain-reliability',
        '--disable-sync',
        '--disable-dev-shm-usage',
        '--no-first-run',
        '--no-default-browser-check',
        '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
      ],
    },
  },
  projects: [
    { name: 'set-up', testMatch: 'set-up.spec.ts' },
    {
      name: 'console',
      testIgnore: 'set-up.spec.ts',
      dependencies: ['set-up'],
      use: { storageState: ADMIN_STATE },
    },
  ],
})
