// test/run.mjs: `npm test`: types, lint, house and unit, process, conformance and browser tests, one after the other on
// few cores, and one line at the end that counts them all. Any failure makes the exit code 1; later steps still run.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findOrFetchChromium } from './support/chromium.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const require = createRequire(import.meta.url)
const results = mkdtempSync(join(tmpdir(), 'rocketdeck-results-'))
process.once('exit', () => rmSync(results, { recursive: true, force: true }))

/** The file a package's command is, so that no shell stands between. */
const bin = (name, command = name) => {
  const manifest = require.resolve(`${name}/package.json`)
  const { bin: bins } = JSON.parse(readFileSync(manifest, 'utf8'))
  return join(dirname(manifest), typeof bins === 'string' ? bins : bins[command])
}

const total = { passed: 0, failed: 0, skipped: 0 }
const failures = []
const skips = []

/** Runs to the end, its output on ours. */
function run(args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    })
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? (signal ? 1 : 0)))
  })
}

async function check(name, args) {
  count(name, (await run(args)) === 0 ? 'passed' : 'failed')
}

function count(name, end) {
  total[end] += 1
  if (end === 'failed') failures.push(name)
  if (end === 'skipped') skips.push(name)
}

async function vitest(project) {
  const file = join(results, `${project}.json`)
  const code = await run([
    bin('vitest'),
    'run',
    `--project=${project}`,
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${file}`,
    '--passWithNoTests',
  ])
  if (!existsSync(file)) return count(`${project} tests: did not run`, 'failed')
  const before = total.failed
  const report = JSON.parse(readFileSync(file, 'utf8'))
  for (const suite of report.testResults) {
    const path = suite.name.replace(root, '')
    for (const test of suite.assertionResults) {
      const end = { passed: 'passed', failed: 'failed' }[test.status] ?? 'skipped'
      count(`${path}: ${test.fullName}`, end)
    }
    // A file that cannot even be loaded has no test to fail.
    if (suite.status === 'failed' && !suite.assertionResults.some(({ status }) => status === 'failed')) {
      count(`${path}: ${suite.message.split('\n', 1)[0]}`, 'failed')
    }
  }
  if (code !== 0 && total.failed === before) count(`${project} tests: ended with code ${code}`, 'failed')
}

async function browser() {
  if (!existsSync(join(root, 'playwright.config.ts'))) return
  const chromium = await findOrFetchChromium((line) => console.log(line))
  if (!chromium) return count('browser tests: no Chromium', 'skipped')
  const file = join(results, 'browser.json')
  const code = await run([bin('@playwright/test', 'playwright'), 'test', '--reporter=list,json'], {
    ROCKETDECK_CHROMIUM: chromium,
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
  })
  if (!existsSync(file)) return count('browser tests: did not run', 'failed')
  const before = total.failed
  const visit = (suite, path) => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        const end = { expected: 'passed', flaky: 'failed', skipped: 'skipped' }[test.status] ?? 'failed'
        count([...path, spec.title].join(' > '), end)
      }
    }
    for (const child of suite.suites ?? []) visit(child, [...path, child.title])
  }
  const report = JSON.parse(readFileSync(file, 'utf8'))
  for (const suite of report.suites) visit(suite, [suite.title])
  if (code !== 0 && total.failed === before)
    count(`browser tests: ${report.errors?.[0]?.message ?? `code ${code}`}`, 'failed')
}

const steps = [
  ['types', () => check('types', [bin('typescript', 'tsc'), '--noEmit', '-p', 'tsconfig.json'])],
  ['lint', () => check('lint', [bin('@biomejs/biome', 'biome'), 'check', '.'])],
  ['house and unit tests', () => vitest('unit')],
  // Before anything starts a server: two builds at once would share two cores.
  ['build of the pages', () => check('build of the pages', ['server/build/pages.mjs'])],
  ['process tests', () => vitest('process')],
  ['conformance tests', () => vitest('conformance')],
  ['browser tests', browser],
]

const begin = performance.now()
for (const [name, step] of steps) {
  console.log(`\n== ${name}`)
  const from = performance.now()
  await step().catch((error) => count(`${name}: ${error instanceof Error ? error.message : error}`, 'failed'))
  console.log(`== ${name}: ${((performance.now() - from) / 1000).toFixed(1)} s`)
}
for (const name of skips) console.log(`skipped: ${name}`)
for (const name of failures) console.log(`failed: ${name}`)
console.log(`in ${Math.round((performance.now() - begin) / 1000)} s`)
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed > 0 ? 1 : 0
