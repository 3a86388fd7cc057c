// test/client/readme.test.ts: the snippets of README.md, as they stand there, send a message and get it. Only the address
// of the name server is changed, and a main is put around what follows the imports.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Child, launch, run } from '../support/children'
import { projectRoot, temporaryFolder } from '../support/folders'
import { findInPath, javaParts, launchJava } from '../support/java'
import { pythonWithClient } from '../support/python'
import { type OurCluster, startOurs } from '../support/rocketdeck'
import { openWire } from '../support/wire'

let ours: OurCluster
beforeAll(async () => {
  ours = await startOurs()
  const wire = openWire(ours.broker)
  await wire.createTopic('Orders', 2)
  wire.close()
})
afterAll(async () => {
  expect(await ours.child.stop()).toEqual({ code: 0, signal: null })
})

const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8')
/** The one block of a language under "Send and receive", speaking to this test's cluster. */
function snippet(language: string): string {
  const section = /\n## Send and receive\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? ''
  const blocks = [...section.matchAll(/```(\w+)\n([\s\S]*?)```/g)].filter(([, name]) => name === language)
  expect(blocks.length, `blocks of ${language}`).toBe(1)
  const text = blocks[0]?.[2] ?? ''
  expect(text).toContain('127.0.0.1:9876')
  return text.replaceAll('127.0.0.1:9876', ours.namesrv)
}

/** The imports a snippet begins with, and what follows them: a class or a main goes between. */
function headOf(text: string, isHead: RegExp): readonly [head: string, rest: string] {
  const lines = text.split('\n')
  const end = lines.findIndex((line) => line !== '' && !isHead.test(line))
  expect(end, 'a snippet begins with its imports').toBeGreaterThan(0)
  return [lines.slice(0, end).join('\n'), lines.slice(end).join('\n')]
}

async function prints(child: Child): Promise<void> {
  try {
    await child.line(/^hello$/, 60_000)
  } finally {
    await child.kill()
  }
}

describe("README's snippet prints what it sent", () => {
  it('in Java', async (context) => {
    const parts = await javaParts()
    if ('missing' in parts) return context.skip(parts.missing)
    const folder = temporaryFolder('readme-java')
    const [imports, statements] = headOf(snippet('java'), /^import .*;$/)
    const program = `${imports}
public class Readme {
  public static void main(String[] args) throws Exception {
    ${statements}
  }
}`
    writeFileSync(join(folder, 'Readme.java'), program)
    const built = await run(parts.javac, [
      '-nowarn',
      '-d',
      folder,
      '-cp',
      join(parts.lib, '*'),
      join(folder, 'Readme.java'),
    ])
    expect(built.code, built.output).toBe(0)
    await prints(launchJava({ ...parts, classes: folder, main: 'Readme' }))
  })

  it('in Go', async (context) => {
    const go = findInPath('go')
    if (!go) return context.skip('no Go toolchain')
    const folder = temporaryFolder('readme-go')
    for (const file of ['go.mod', 'go.sum']) cpSync(join(projectRoot, 'test/client/go', file), join(folder, file))
    const [imports, statements] = headOf(snippet('go'), /^(import \(|\)|\t".*"|\t\w+ ".*")$/)
    const program = `package main
${imports}
import "time"
func main() {
${statements}
time.Sleep(time.Minute)
}`
    writeFileSync(join(folder, 'main.go'), program)
    const built = await run(go, ['build', '-o', 'readme', '.'], { cwd: folder, timeoutMs: 170_000 })
    if (/dial tcp|no such host|connection refused/.test(built.output))
      return context.skip('the Go modules cannot be fetched')
    expect(built.code, built.output).toBe(0)
    await prints(launch(join(folder, 'readme'), [], { cwd: folder }))
  })

  it('in Node', async () => {
    const program = snippet('js')
    mkdirSync(join(projectRoot, 'node_modules', '.cache'), { recursive: true })
    const file = join(projectRoot, 'node_modules', '.cache', `readme-${process.pid}.mjs`) // where its packages are found
    writeFileSync(file, program)
    await prints(launch(process.execPath, [file]))
  })

  it('in Python', async (context) => {
    const python = await pythonWithClient()
    if ('missing' in python) return context.skip(python.missing)
    const folder = temporaryFolder('readme-python')
    writeFileSync(join(folder, 'readme.py'), `${snippet('python')}\nimport time\ntime.sleep(60)\n`)
    await prints(launch(python.python, ['-u', join(folder, 'readme.py')], { cwd: folder }))
  })
})
