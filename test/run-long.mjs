// test/run-long.mjs: `npm run test:long -- NAME`: tests that take longer than `npm test` may, each with its budget. A run
// that goes over its budget is ended and counts as failed.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const required = createRequire(import.meta.url)
const vitest = join(dirname(required.resolve('vitest/package.json')), 'vitest.mjs')
const playwright = join(dirname(required.resolve('@playwright/test/package.json')), 'cli.js')

/** What each asks of which tests. */
const runs = {
  crash: {
    says: 'kill -9: of a store 1,000 times, with torn tails; of a broker and of the whole 100 times each under load',
    minutes: 150,
    files: ['test/long/crash.test.ts', 'test/fault/process-kill.test.ts'],
    flags: { cycles: 'ROCKETDECK_CYCLES', kills: 'ROCKETDECK_KILLS' },
    env: { ROCKETDECK_KILLS: '100' },
  },
  power: {
    says: 'the power fails under a store 600 times: only what was synced is left, and by chance some pages of the rest',
    minutes: 30,
    files: ['test/fault/store-power-cut.test.ts'],
    env: { ROCKETDECK_SEEDS: '100' },
    flags: { seeds: 'ROCKETDECK_SEEDS' },
  },
  full: {
    says: 'a disk of a few MiB fills up for real, is given room, fills up again under a kill; 10 times each way',
    minutes: 30,
    files: ['test/fault/process-disk-full.test.ts'],
    env: { ROCKETDECK_ROUNDS: '10' },
    flags: { rounds: 'ROCKETDECK_ROUNDS' },
  },
  'base-path': {
    says: 'the console under a path behind a reverse proxy: its pages, and every address they name',
    minutes: 20,
    files: ['test/long/base-path.test.ts'],
    env: {},
    flags: {},
  },
  soak: {
    says: '20 minutes of steady load with consumers: memory, handles, latency',
    minutes: 25,
    files: ['test/long/soak.test.ts'],
    env: {},
    flags: { minutes: 'ROCKETDECK_MINUTES', rate: 'ROCKETDECK_RATE' },
  },
  backlog: {
    says: 'what sends cost from 0 to 20 million messages of 1 KiB, and beside a consumer that is far behind',
    minutes: 60,
    files: ['test/long/backlog.test.ts'],
    env: {},
    flags: { messages: 'ROCKETDECK_MESSAGES' },
  },
  history: {
    says: '30 days of history of 1,000 topics and 1,000 groups: size, how long charts and reports take, retention',
    minutes: 60,
    files: ['test/long/history.test.ts'],
    env: {},
    flags: { series: 'ROCKETDECK_SERIES' },
  },
  'console-scale': {
    says: '5,000 topics and groups, 100 clients, 10 million messages: lists, the sampler, a browser, a search',
    minutes: 150,
    files: ['test/long/console-scale.test.ts'],
    env: {},
    flags: { topics: 'ROCKETDECK_TOPICS', seconds: 'ROCKETDECK_SECONDS', messages: 'ROCKETDECK_MESSAGES' },
  },
  apache: {
    says: 'the console in a browser before a cluster of Apache, as before ours',
    minutes: 30,
    program: [playwright, 'test'],
    files: ['all-pages.spec.ts', 'main-job.spec.ts', 'reset.spec.ts', 'pages.spec.ts'],
    env: { E2E_APACHE: '1' },
  },
  fairness: {
    says: 'what a flooded topic costs another',
    minutes: 5,
    files: ['test/long/fairness.test.ts'],
    env: {},
  },
  redrive: {
    says: '100,000 dead letters put back by a console that is killed three times in the middle: each arrives once',
    minutes: 20,
    files: ['test/long/redrive.test.ts'],
    env: {},
    flags: { dead: 'ROCKETDECK_DEAD' },
  },
  retry: {
    says: 'sixteen retries, each at the delay of its level, and the dead letter',
    minutes: 5,
    files: ['test/long/retry.test.ts'],
    env: {},
  },
  interop: {
    says: 'stores of a million messages, ours opened by Apache and theirs by ours, after a stop and after a crash',
    minutes: 90,
    files: ['test/client/store-interop.test.ts'],
    env: { ROCKETDECK_INTEROP: '1200000' },
    flags: { messages: 'ROCKETDECK_INTEROP' },
  },
  failover: {
    says: "brokers under a controller: killed, stopped, all at once, 60 times; and 10 times under stock Java clients, ours and Apache's",
    minutes: 90,
    files: ['test/fault/process-failover.test.ts', 'test/long/failover.test.ts'],
    flags: { kills: 'ROCKETDECK_KILLS', failovers: 'ROCKETDECK_FAILOVERS', sides: 'ROCKETDECK_SIDES' },
    env: { ROCKETDECK_KILLS: '60' },
  },
  replication: {
    says: "200,000 messages under load while the link is cut 20 times: ours with ours, ours with Apache's slave, theirs with ours, and a store that moves to Apache",
    minutes: 60,
    files: ['test/long/replication.test.ts'],
    env: {},
    flags: { messages: 'ROCKETDECK_MESSAGES', cuts: 'ROCKETDECK_CUTS', pairs: 'ROCKETDECK_PAIRS' },
  },
  drain: {
    says: 'a broker is drained, stopped and put back under stock Java clients: no send fails',
    minutes: 10,
    files: ['test/long/drain.test.ts'],
    env: {},
  },
  'mixed-controller': {
    says: "a broker of ours and one of Apache's under our controller take turns as master",
    minutes: 30,
    files: ['test/long/mixed-controller.test.ts'],
    env: {},
  },
  'catch-up': {
    says: 'a slave copies 1 GiB beside a plain copy of the files; what that costs a sender; lag under full load',
    minutes: 30,
    files: ['test/long/catch-up.test.ts'],
    env: {},
    flags: { mib: 'ROCKETDECK_MIB', seconds: 'ROCKETDECK_SECONDS' },
  },
  ha: {
    says: 'master and slave in processes of their own: killed, cut off, robbed of a disk, 200 times',
    minutes: 45,
    files: ['test/fault/process-replica-kill.test.ts'],
    env: { ROCKETDECK_KILLS: '200' },
    flags: { kills: 'ROCKETDECK_KILLS' },
  },
  timers: {
    says: 'a million timed messages wait: a start, and what each costs',
    minutes: 10,
    files: ['test/broker/schedule/timers-million.test.ts'],
    env: { ROCKETDECK_TIMERS: '1000000' },
  },
  pop: {
    says: 'stock consumers in pop mode, compared with Apache, and kill -9 in the middle of pops',
    minutes: 20,
    files: ['test/client/pop.test.ts', 'test/fault/process-pop-kill.test.ts'],
    env: { ROCKETDECK_POP: '1', ROCKETDECK_POP_KILLS: '10' },
  },
  differential: {
    says: 'scenarios of every kind of message, decided by seeds, against ours and a live Apache',
    minutes: 60,
    files: ['test/client/differential.test.ts'],
    env: { ROCKETDECK_DIFFERENTIAL: '8' },
    flags: { seeds: 'ROCKETDECK_DIFFERENTIAL' },
  },
  examples: {
    says: 'the example mains of rocketmq-example 5.5.0, unchanged, against ours and Apache: what they print, masked',
    minutes: 25,
    files: ['test/client/examples.test.ts'],
    env: { ROCKETDECK_EXAMPLES: '1' },
    flags: { plays: 'ROCKETDECK_PLAYS' },
  },
  transactions: {
    says: 'benchmark.TransactionProducer against ours and Apache: checks without reason, and doubled ones',
    minutes: 10,
    files: ['test/long/transaction-benchmark.test.ts'],
    env: {},
    flags: { seconds: 'ROCKETDECK_SECONDS' },
  },
  'bad-input': {
    says: 'what no client should send, at a live Apache: the answers that ours are held against in npm test',
    minutes: 5,
    files: ['test/client/bad-input.test.ts'],
    env: { ROCKETDECK_BAD_INPUT: '1' },
  },
  order: {
    says: 'order per key over 20 rebalances, a kill and more queues; 50 consumers in a storm; a stuck listener',
    minutes: 15,
    files: ['test/long/order.test.ts'],
    env: {},
    flags: { rebalances: 'ROCKETDECK_REBALANCES' },
  },
  ons: {
    says: "Alibaba Cloud's own client, every kind of message",
    minutes: 10,
    files: ['test/client/ons.test.ts'],
    env: { ROCKETDECK_ONS: '1' },
  },
  fuzz: {
    says: '100,000 random frames at broker and name server',
    minutes: 60,
    files: ['test/fault/process-fuzz.test.ts'],
    env: { ROCKETDECK_FRAMES: '100000' },
  },
  mqadmin: {
    says: "all 96 commands of mqadmin at Apache's broker and ours, and what monitoring tools ask",
    minutes: 20,
    files: ['test/client/mqadmin.test.ts'],
    env: { ROCKETDECK_EVERY_COMMAND: '1' },
  },
  'mqadmin-acl': {
    says: "every mqadmin command with access control on, at Apache's broker and ours: nobody, wrong secret, no right, super user",
    minutes: 30,
    files: ['test/long/mqadmin-acl.test.ts'],
  },
  'static-topic': {
    says: 'a static topic made, used, moved and deleted by stock tools and clients, at Apache and at ours',
    minutes: 15,
    files: ['test/long/static-topic.test.ts'],
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
  console.log('npm run test:long -- NAME; ROCKETDECK_SEED=N repeats a run\n')
  for (const [key, { says, minutes, flags = {} }] of Object.entries(runs)) {
    const shorter = Object.keys(flags).map((flag) => ` --${flag} N`)
    console.log(
      `  ${key.padEnd(12)} ${says} (at most ${minutes} min${shorter.length > 0 ? `;${shorter.join('')}` : ''})`,
    )
  }
  process.exit(name === '' ? 0 : 2)
}
/** `--cycles 100` and its like make a run longer or shorter; the rest goes to vitest. */
const asked = {}
for (const [flag, variable] of Object.entries(chosen.flags ?? {})) {
  const at = rest.indexOf(`--${flag}`)
  if (at >= 0) asked[variable] = rest.splice(at, 2)[1]
}
const child = spawn(process.execPath, [...(chosen.program ?? [vitest, 'run']), ...chosen.files, ...rest], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, ...chosen.env, ...asked },
  detached: true, // a group of its own: whoever it started is ended with it
})
const end = (signal) => process.kill(-child.pid, signal)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(signal))
const late = setTimeout(() => {
  console.error(`${name} went over its ${chosen.minutes} minutes`)
  end('SIGKILL')
}, chosen.minutes * 60_000)
child.once('close', (code) => {
  clearTimeout(late)
  process.exitCode = code ?? 1
})
