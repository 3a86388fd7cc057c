// test/run-long.mjs: `npm run test:long -- NAME`: tests that take longer than `npm test` may, each with its budget. A run
// that goes over its budget is ended and counts as failed.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')

/** What each asks of which tests. */
const runs = {
  crash: {
    says: 'kill -9 under load, 100 times alone and 100 times as a whole',
    minutes: 40,
    files: ['test/fault/process-kill.test.ts'],
    env: { ROCKETDECK_KILLS: '100' },
  },
  timers: {
    says: 'a million timed messages wait: a start, and what each costs',
    minutes: 10,
    files: ['test/broker/schedule/timers-million.test.ts'],
    env: { ROCKETDECK_TIMERS: '1000000' },
  },
  fuzz: {
    says: '100,000 random frames at broker and name server',
    minutes: 60,
    files: ['test/fault/process-fuzz.test.ts'],
    env: { ROCKETDECK_FRAMES: '100000' },
  },
  requests: {
    says: '1,000,000 random requests at broker and name server, with access control and without',
    minutes: 40,
    files: ['test/fault/request-fuzz.test.ts'],
    env: { ROCKETDECK_REQUESTS: '1000000' },
  },
}

const [name = '', ...rest] = process.argv.slice(2)
const chosen = runs[name]
if (!chosen) {
  console.log(`npm run test:long -- NAME; ROCKETDECK_SEED=N repeats a run\n`)
  for (const [key, { says, minutes }] of Object.entries(runs))
    console.log(`  ${key.padEnd(8)} ${says} (at most ${minutes} min)`)
  process.exit(name === '' ? 0 : 2)
}
const child = spawn(process.execPath, [vitest, 'run', ...chosen.files, ...rest], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, ...chosen.env },
})
const late = setTimeout(() => {
  console.error(`${name} went over its ${chosen.minutes} minutes`)
  child.kill('SIGKILL')
}, chosen.minutes * 60_000)
child.once('close', (code) => {
  clearTimeout(late)
  process.exitCode = code ?? 1
})
