// test/support/filter-entry.ts: the thread of filter scripts, compiled for tests that start no compiled broker.
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { projectRoot, temporaryFolder } from './folders'

export async function filterEntry(): Promise<URL> {
  const folder = temporaryFolder('filter-entry')
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules')) // it loads the interpreter from there
  const outfile = join(folder, 'filter-entry.mjs')
  await build({
    absWorkingDir: projectRoot,
    entryPoints: ['broker/worker/filter-entry.ts'],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
  })
  return pathToFileURL(outfile)
}
