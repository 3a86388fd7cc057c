// test/bench/run.mjs: bundles the bench and runs it, so that it can share the TypeScript of test/support. Says how to
// use it when asked with --help.
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))
// two folders deep, like test/support, which finds the top of the project from its own place
const outfile = join(root, 'node_modules', '.cache', 'rocketdeck-bench.mjs')
await build({
  entryPoints: [join(root, 'test/bench/main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
})
await import(pathToFileURL(outfile).href)
