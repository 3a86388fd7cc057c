// test/e2e/reset.spec.ts: a stock client sends and another reads; rates and lag move in the browser. Then the group is
// reset: looked at first, refused when something moved, applied, consumed again, and put back.
import { expect, type Page, test } from '@playwright/test'
import type { Child } from '../support/children'
import { consumedBy, said, startConsumer, startProducer } from './clients'

const RUN = Date.now().toString(36) // a server that is already running keeps what an earlier run left
const TOPIC = `ResetOrders${RUN}`
const GROUP = `GID_reset_${RUN}`
const running: Child[] = []

test.describe.configure({ mode: 'serial' })
test.afterAll(async () => {
  await Promise.all(running.map((client) => client.stop()))
})

const cluster = async (page: Page): Promise<string> => {
  await page.goto('/')
  await page.waitForURL(/\/c\/[^/]+$/)
  return new URL(page.url()).pathname
}
/** The number of a figure of the strip at the top, by its label; null while it is no number. */
const figure = async (page: Page, label: string): Promise<number | null> => {
  const text =
    (await page
      .locator('dl > div', { has: page.getByText(label, { exact: true }) })
      .first()
      .locator('dd')
      .first()
      .textContent()) ?? ''
  const digits = /[\d,]+(\.\d+)?/.exec(text)?.[0]
  return digits === undefined ? null : Number(digits.replaceAll(',', ''))
}
const eventually = (page: Page, label: string) => expect.poll(() => figure(page, label))

test('CN5: rates and lag move while clients send and read', async ({ page }) => {
  const base = await cluster(page)
  await page.goto(`${base}/topics?new=topic`)
  const sheet = page.getByRole('dialog')
  await sheet.getByLabel('Name', { exact: true }).fill(TOPIC)
  await sheet.getByRole('button', { name: /^Create/ }).click()
  await expect(page).toHaveURL(new RegExp(`/topics/${TOPIC}$`))

  const consumer = await startConsumer(TOPIC, GROUP)
  const producer = startProducer(TOPIC, GROUP, 20)
  running.push(consumer, producer)
  await expect.poll(() => consumedBy(consumer)).toBeGreaterThan(20)

  await page.goto(`${base}/groups/${GROUP}`)
  await eventually(page, 'Out').toBeGreaterThan(5)
  await consumer.stop()
  await eventually(page, 'Lag').toBeGreaterThan(50)
  await expect(page.getByText('No client').first()).toBeVisible()

  running.push(await startConsumer(TOPIC, GROUP))
  await eventually(page, 'Lag').toBeLessThan(50)
  await producer.stop()
  await eventually(page, 'Lag').toBe(0)
})

test('CN4: one of its messages is found by key and by id, and can be read', async ({ page }) => {
  const base = await cluster(page)
  const sent = running.flatMap(said).find((one) => one.key === 'steady-7')
  if (sent?.id === undefined) throw new Error('the producer never said what it sent')
  await page.goto(`${base}/messages?topic=${TOPIC}`)
  const box = page.getByPlaceholder('Message id, offset id, or key')
  await box.fill('steady-7')
  await box.press('Enter')
  const pane = page.getByRole('complementary', { name: 'Message' })
  await expect(pane.getByText('"order"')).toBeVisible()
  await expect(pane.getByText(GROUP)).toBeVisible()
  await expect(pane.getByText('Consumed', { exact: true }).first()).toBeVisible()

  await box.fill(sent.id)
  await box.press('Enter')
  await expect(page).toHaveURL(new RegExp(`q=${sent.id}`))
  await expect(page.getByText('read as an id')).toBeVisible()
  await pane.getByRole('tab', { name: 'Position' }).click()
  await expect(pane.getByText(sent.id)).toBeVisible()
})

const toPreview = async (page: Page, base: string, target: string) => {
  await page.goto(`${base}/groups/${GROUP}/reset`)
  // As fast as a program can: no click waits for the address of the one before.
  await page.getByRole('button', { name: 'Choose the target' }).click()
  await page.getByRole('radio', { name: target }).click()
  await page.getByRole('button', { name: 'Preview', exact: true }).click()
  await expect(page.getByText('Delivered again', { exact: true })).toBeVisible()
}

test('a reset is refused when a client left since the preview, and shows what is true now', async ({ page }) => {
  const base = await cluster(page)
  await toPreview(page, base, 'The oldest message')
  await expect(page.getByText('1 client is online.')).toBeVisible()
  await running.at(-1)?.stop()
  await page.getByLabel(`Type ${GROUP} to confirm`).fill(GROUP)
  await page.getByRole('button', { name: /^Reset \d+ queues/ }).click()
  await expect(page.getByText('Something moved since the preview, so nothing was done.')).toBeVisible()
  await expect(page.getByText('No client is online.')).toBeVisible()
})

test('CN8: a reset is looked at, confirmed by name, and the client consumes again', async ({ page }) => {
  const base = await cluster(page)
  const consumer = await startConsumer(TOPIC, GROUP)
  running.push(consumer)
  await page.goto(`${base}/groups/${GROUP}`)
  await expect(page.getByRole('main').getByRole('link', { name: 'Clients 1' })).toBeVisible() // not the sidebar's
  await toPreview(page, base, 'The oldest message')
  const again = await figure(page, 'Delivered again')
  expect(again).toBeGreaterThan(20)
  expect(await figure(page, 'Skipped')).toBe(0)

  const apply = page.getByRole('button', { name: /^Reset \d+ queues/ })
  await expect(apply).toHaveAttribute('aria-disabled', 'true')
  await page.getByLabel(`Type ${GROUP} to confirm`).fill(GROUP)
  await page.getByLabel('Reason (optional)').fill('read once more')
  await apply.click()
  await expect(page.getByRole('heading', { name: 'Done' })).toBeVisible()
  await expect.poll(() => consumedBy(consumer)).toBeGreaterThanOrEqual(again ?? 0)

  await page.getByRole('button', { name: 'Put back…' }).click()
  await expect(page.getByText('back to where each queue stood before the reset')).toBeVisible()
  await page.goto(`${base}/groups/${GROUP}/history`)
  const done = page.getByRole('row', { name: /group\.reset.*read once more/ })
  await expect(done).toBeVisible()
  // Days later it is put back from here.
  await expect(page.getByRole('row', { name: /before a reset by admin/ })).toBeVisible()
  await done.getByRole('button', { name: /^Put back to/ }).click()
  await expect(page.getByText('back to where each queue stood at')).toBeVisible()
})

test('a reset takes its offsets from the lines of a CSV, and says which line is wrong', async ({ page }) => {
  const base = await cluster(page)
  await page.goto(`${base}/groups/${GROUP}/reset?step=target&to=csv`)
  const lines = page.getByLabel('topic, broker, queue, offset')
  await page.getByRole('button', { name: 'Fill in where it stands now' }).click()
  await expect(lines).toHaveValue(new RegExp(`^topic,broker,queue,offset\\n${TOPIC},broker-a,\\d+,\\d+`))
  await lines.fill(`${TOPIC},broker-a,0,0\n${TOPIC},broker-z,0,0`)
  await page.getByRole('button', { name: 'Preview', exact: true }).click()
  await expect(page.getByText('Line 2: no such queue is ticked in the scope.')).toBeVisible()
  await lines.fill(`${TOPIC},broker-a,0,0`)
  await page.getByRole('button', { name: 'Preview', exact: true }).click()
  await expect(page.getByText('to the offsets that were typed')).toBeVisible()
})
