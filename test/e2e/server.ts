// test/e2e/server.ts: the server under test: `npm start` on free ports with an empty data folder, until the pages
// answer. With E2E_APACHE=1 it is `npm run console` before an Apache cluster. What tests must know of it stands in their
// environment: E2E_BASE_URL, E2E_DATA, E2E_NAMESRV.
import { setTimeout as sleep } from 'node:timers/promises'
import { findOrFetchChromium } from '../support/chromium.mjs'
import { temporaryFolder } from '../support/folders'
import { javaParts } from '../support/java'
import { freeClusterPorts, freePort } from '../support/ports'
import { startReferenceBroker, startReferenceNamesrv } from '../support/reference'
import { launchProgram, type Program } from '../support/rocketdeck'

/** The pages may have to be built first. */
const START_MS = 900_000

interface UnderTest {
  program: Program
  namesrv: string
  flags: readonly string[]
  stop: () => Promise<unknown>
}
const bundled = async (): Promise<UnderTest> => {
  const { namesrvPort, brokerPort } = await freeClusterPorts(2)
  const flags = ['--namesrv-port', `${namesrvPort}`, '--broker-port', `${brokerPort}`]
  return { program: 'start', namesrv: `127.0.0.1:${namesrvPort}`, flags, stop: async () => undefined }
}
const apache = async (): Promise<UnderTest> => {
  const parts = await javaParts()
  if ('missing' in parts) throw new Error(parts.missing)
  const names = await startReferenceNamesrv(parts)
  const broker = await startReferenceBroker(parts, { namesrv: names.address })
  const stop = () => Promise.all([broker.stop(), names.stop()])
  return { program: 'console', namesrv: names.address, flags: ['-n', names.address], stop }
}

export default async function startServer(): Promise<(() => Promise<void>) | undefined> {
  const chromium = await findOrFetchChromium((line) => console.log(line))
  if (chromium) process.env.ROCKETDECK_CHROMIUM = chromium
  if (process.env.E2E_BASE_URL) return undefined // one is running already
  const port = await freePort()
  const dataDir = temporaryFolder('e2e')
  const { program, namesrv, flags, stop } = await (process.env.E2E_APACHE ? apache() : bundled())
  const server = launchProgram(program, ['--port', `${port}`, ...flags, '--data', dataDir])
  Object.assign(process.env, {
    E2E_BASE_URL: `http://127.0.0.1:${port}`,
    E2E_DATA: dataDir,
    E2E_NAMESRV: namesrv,
  })
  const until = Date.now() + START_MS
  for (;;) {
    if (!server.running) throw new Error(`the server ended:\n${server.output}`)
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
    if (answer?.status === 200) break
    const why = answer ? await answer.text() : 'no answer'
    if (Date.now() > until || why.includes('failed')) {
      await Promise.all([server.stop(), stop()])
      throw new Error(`the server is not up (${why.trim()}):\n${server.output}`)
    }
    await sleep(200)
  }
  return async () => {
    const { code } = await server.stop()
    await stop()
    if (code !== 0) throw new Error(`the server ended with code ${code}:\n${server.output}`)
  }
}
