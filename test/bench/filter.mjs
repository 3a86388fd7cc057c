// test/bench/filter.mjs: what one message costs a SQL92 filter: Apache's own classes beside ours, on the same records, by the
// CPU clock of each. Wants a JDK, and RocketMQ's jars in the folder that ROCKETDECK_REFERENCE_LIB names.
//
//   ROCKETDECK_REFERENCE_LIB=... node test/bench/filter.mjs ["region = 'eu' and price > 100"]
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))
const lib = process.env.ROCKETDECK_REFERENCE_LIB
const expression = process.argv[2] ?? "region = 'eu' and price between 50 and 150 or vip = TRUE"
if (lib === undefined) {
  console.error('ROCKETDECK_REFERENCE_LIB names no folder with the jars of RocketMQ 5.5.0')
  process.exit(2)
}
const work = mkdtempSync(join(tmpdir(), 'rocketdeck-filter-'))
process.once('exit', () => rmSync(work, { recursive: true, force: true }))
const jars = join(lib, '*')
execFileSync('javac', ['-nowarn', '-d', work, '-cp', jars, join(root, 'test/bench/java/FilterCost.java')])
const records = join(work, 'records')
console.log(expression)
process.stdout.write(
  execFileSync('java', ['-Xmx256m', '-cp', `${work}:${jars}`, 'FilterCost', expression, records], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
)

const outfile = join(work, 'ours.mjs')
await build({
  stdin: {
    contents: "export { messageFilter } from './broker/filter/message-filter'",
    resolveDir: root,
  },
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
})
const { messageFilter } = await import(pathToFileURL(outfile).href)
const filter = messageFilter({ expressionType: 'SQL92', subString: expression, codeSet: new Set() })
const bytes = readFileSync(records)
const each = []
for (let at = 0; at < bytes.length; at += bytes.readInt32BE(at))
  each.push(bytes.subarray(at, at + bytes.readInt32BE(at)))
for (let round = 0; round < 6; round++) {
  const from = process.cpuUsage()
  let hits = 0
  for (let times = 0; times < 500; times++) for (const record of each) if (filter.byRecord(record)) hits++
  const { user, system } = process.cpuUsage(from)
  console.log(`ours ${Math.round(((user + system) * 1000) / 500_000)} ns a message, ${hits} of 500000 pass`)
}
