// test/server/main-backup.test.ts: the console's state taken away and put back as a user does it: by the page's link and by the
// command line, while the console runs and while it does not.
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTRPCClient, httpLink } from '@trpc/client'
import superjson from 'superjson'
import { afterEach, expect, it } from 'vitest'
import type { AppRouter } from '../../server/root'
import { cookieNameFor } from '../../server/trpc/context'
import type { Child } from '../support/children'
import { temporaryFolder } from '../support/folders'
import { freePort } from '../support/ports'
import { launchProgram } from '../support/rocketdeck'

const PASSWORD = 'a long enough one'
const children: Child[] = []
afterEach(async () => {
  for (const child of children.splice(0)) if (child.running) await child.stop()
})
const launch = (...flags: string[]): Child => {
  const child = launchProgram('console', flags)
  children.push(child)
  return child
}
const start = async (dataDir: string) => {
  const port = await freePort()
  const at = `http://127.0.0.1:${port}`
  const child = launch('--port', `${port}`, '--data', dataDir)
  await child.line(/^data /)
  const asks = (cookie = '') =>
    createTRPCClient<AppRouter>({
      links: [httpLink({ url: `${at}/api/trpc`, transformer: superjson, headers: { cookie } })],
    })
  const signIn = async (name: string): Promise<string> => {
    const answer = await fetch(`${at}/api/trpc/auth.login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(superjson.serialize({ name, password: PASSWORD })),
    })
    return `${cookieNameFor(port)}=${/=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? ''}`
  }
  return { child, at, asks, signIn }
}

it('takes the state away while the console runs, and puts it back when it does not', async () => {
  const dataDir = temporaryFolder('keep')
  const first = await start(dataDir)
  const token = /token=(\S+)/.exec(await first.child.line(/^first login /))?.[1] ?? ''
  await first.asks().auth.setup.mutate({ token, name: 'root', password: PASSWORD })
  const root = await first.signIn('root')
  await first.asks(root).access.createUser.mutate({ name: 'viewer', password: PASSWORD, role: 'viewer', extra: [] })

  // An admin by the page's link; nobody else.
  expect((await fetch(`${first.at}/api/backup`)).status).toBe(401)
  expect((await fetch(`${first.at}/api/backup`, { headers: { cookie: await first.signIn('viewer') } })).status).toBe(
    403,
  )
  const answer = await fetch(`${first.at}/api/backup`, { headers: { cookie: root } })
  expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="rocketdeck-.*\.backup"$/)
  const taken = join(dataDir, 'taken.backup')
  writeFileSync(taken, Buffer.from(await answer.arrayBuffer()))

  // Whoever is on the machine by the command line, while it runs.
  const copy = join(dataDir, 'copy.backup')
  expect((await launch('--data', dataDir, '--backup', copy).exited).code).toBe(0)
  const early = launch('--data', dataDir, '--restore', copy)
  expect((await early.exited).code).toBe(1)
  expect(early.output).toContain('stop its console first')

  const { rows } = await first.asks(root).audit.list.query({ action: 'console.backup' })
  expect(rows).toMatchObject([{ who: 'root', result: 'ok' }])
  await first.asks(root).access.deleteUser.mutate({ id: 2, confirm: 'viewer' })
  await first.child.stop()

  for (const file of [taken, copy]) {
    const restoring = launch('--data', dataDir, '--restore', file)
    expect((await restoring.exited).code, restoring.output).toBe(0)
    expect(restoring.output).toContain('kept as')
  }
  expect(readdirSync(join(dataDir, 'console')).filter((name) => name.includes('before')).length).toBeGreaterThan(0)
  expect(existsSync(join(dataDir, 'console', 'setup-token'))).toBe(false)
  const second = await start(dataDir)
  // Sessions are not in it; accounts are.
  expect((await second.asks(root).auth.state.query()).me).toBeNull()
  expect(await second.signIn('viewer')).toMatch(/=.{20}/)
})
