// test/run.mjs: `npm test`: types, lint, house and unit, process, conformance and browser tests, one after the other on
// few cores, and one line at the end that counts them all. Any failure makes the exit code 1; later steps still run.
// Tests of whole processes and foreign clients share the machine with one another: a file of theirs that failed runs once
// more, alone. What passes only then is counted and named as unsteady, with how it failed; it is never silent.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
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
const unsteadies = []
/** Tests of more files than this do not fail by chance, and are not tried again. */
const AT_MOST_AGAIN = 4

/** The first lines of an error, colours taken out, on one line. */
const short = (text = '') => {
  const lines = stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => !line.includes('node_modules'))
  return lines.slice(0, 6).join(' | ').slice(0, 600)
}

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

function count(name, end, reason = '') {
  total[end] += 1
  if (end === 'failed') failures.push(reason ? `${name}: ${short(reason)}` : name)
  if (end === 'skipped') skips.push(name)
}

/** One run of a project's tests: each test's end and, where it failed, how; and whether the run as such was whole. */
async function vitestOnce(project, { files = [], alone = false } = {}) {
  const file = join(results, `${project}${alone ? '-alone' : ''}.json`)
  const code = await run([
    bin('vitest'),
    'run',
    `--project=${project}`,
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${file}`,
    '--passWithNoTests',
    ...(alone ? ['--maxWorkers=1'] : []),
    ...files,
  ])
  if (!existsSync(file)) return { tests: [], trouble: `${project} tests: did not run` }
  const tests = []
  for (const suite of JSON.parse(readFileSync(file, 'utf8')).testResults) {
    const path = suite.name.replace(root, '')
    const add = (name, end, reason = '') => tests.push({ path, name: `${path}: ${name}`, end, reason })
    for (const test of suite.assertionResults)
      add(test.fullName, { passed: 'passed', failed: 'failed' }[test.status] ?? 'skipped', test.failureMessages?.[0])
    // A file that cannot even be loaded has no test to fail.
    if (suite.status === 'failed' && !suite.assertionResults.some(({ status }) => status === 'failed'))
      add(suite.message.split('\n', 1)[0], 'failed', suite.message)
  }
  const failed = tests.some(({ end }) => end === 'failed')
  return { tests, trouble: code !== 0 && !failed ? `${project} tests: ended with code ${code}` : undefined }
}

async function vitest(project, { again = false } = {}) {
  const { tests, trouble } = await vitestOnce(project)
  if (trouble) count(trouble, 'failed')
  const failed = tests.filter(({ end }) => end === 'failed')
  const files = [...new Set(failed.map(({ path }) => path))]
  const ends = new Map()
  if (again && files.length > 0 && files.length <= AT_MOST_AGAIN) {
    console.log(`\n== once more, alone: ${files.join(', ')}`)
    const { tests: alone } = await vitestOnce(project, { files, alone: true })
    for (const { name, end } of alone) ends.set(name, end)
  }
  for (const { name, end, reason } of tests) {
    const unsteady = end === 'failed' && ends.get(name) === 'passed'
    count(name, unsteady ? 'passed' : end, reason)
    if (unsteady) unsteadies.push(`${name}: ${short(reason)}`)
  }
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
        const name = [...path, spec.title].join(' > ')
        const reason = test.results.find(({ error }) => error)?.error.message
        const end = { expected: 'passed', flaky: 'passed', skipped: 'skipped' }[test.status] ?? 'failed'
        count(name, end, reason)
        if (test.status === 'flaky') unsteadies.push(`${name}: ${short(reason)}`)
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
  ['house and unit tests', () => vitest('unit', { again: true })],
  // Before anything starts a server: two builds at once would share two cores.
  ['build of the pages', () => check('build of the pages', ['server/build/pages.mjs'])],
  ['process tests', () => vitest('process', { again: true })],
  ['conformance tests', () => vitest('conformance', { again: true })],
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
for (const name of unsteadies) console.log(`unsteady, passed only on a second try: ${name}`)
for (const name of failures) console.log(`failed: ${name}`)
console.log(`in ${Math.round((performance.now() - begin) / 1000)} s`)
const unsteady = unsteadies.length > 0 ? ` (${unsteadies.length} of the passed only on a second try)` : ''
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped${unsteady}`)
process.exitCode = total.failed > 0 ? 1 : 0
