// test/client/bad-input.test.ts: bad input at a live Apache: its answers are those that test/golden keeps, which the test of
// our own broker is held against. `npm run test:long -- bad-input`; with ROCKETDECK_RECORD=1 they are taken anew.
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
import { openDialer } from '../../broker/net/dial'
import { askBadInputs, badInputSettings, TOPIC } from '../support/bad-inputs'
import { javaParts } from '../support/java'
import { startReferenceBroker, startReferenceNamesrv } from '../support/reference'
import { openWire } from '../support/wire'

const isAsked = process.env.ROCKETDECK_BAD_INPUT === '1'
const file = new URL('../golden/bad-inputs-5.5.0.json', import.meta.url)

it.skipIf(!isAsked)('Apache answers bad input as it did when it was recorded', async (context) => {
  const parts = await javaParts()
  if ('missing' in parts) return context.skip(parts.missing)
  const namesrv = await startReferenceNamesrv(parts)
  onTestFinished(() => namesrv.stop())
  const apache = await startReferenceBroker(parts, { namesrv: namesrv.address, properties: badInputSettings })
  onTestFinished(() => apache.stop())
  const wire = openWire(apache.address)
  await wire.createTopic(TOPIC, 4)
  wire.close()
  const dialer = openDialer()
  const answers = await askBadInputs(dialer, apache.address)
  dialer.close()
  if (process.env.ROCKETDECK_RECORD === '1') writeFileSync(file, `${JSON.stringify(answers, null, 2)}\n`)
  expect(answers).toEqual(JSON.parse(readFileSync(file, 'utf8')))
})
