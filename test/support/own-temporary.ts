// test/support/own-temporary.ts: global set-up of every project: all temporary folders of a run lie in one of its own, which
// goes with it, also where a worker was ended before it could clean up.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const names = ['TMPDIR', 'TMP', 'TEMP'] // whichever of them the system asks for

export default function setup(): () => void {
  const before = names.map((name) => [name, process.env[name]] as const)
  const folder = mkdtempSync(join(tmpdir(), 'rocketdeck-tests-'))
  for (const name of names) process.env[name] = folder
  return () => {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    } catch {
      // A child that still writes there keeps it: the system's own cleaner takes it later.
    }
  }
}
