// test/e2e/main-job.spec.ts: the main job in a browser: a topic is made, a stock client sends and consumes, and the
// console shows what it did; the group's offset is reset with a preview, and the client consumes again.
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { run } from '../support/children'
import { projectRoot } from '../support/folders'

const TOPIC = 'Checkout'
const GROUP = 'CheckoutReaders'
const COUNT = 50

/** A stock Node client, and the line of JSON it ends with. */
const client = async (program: 'roundtrip' | 'consume'): Promise<unknown> => {
  const path = join(projectRoot, 'test', 'client', 'node', `${program}.mjs`)
  const { stdout, output } = await run(
    process.execPath,
    [path, process.env.E2E_NAMESRV ?? '', TOPIC, GROUP, `${COUNT}`],
    {
      timeoutMs: 100_000,
    },
  )
  const last = stdout.trim().split('\n').at(-1)
  expect(last, output).toBeTruthy()
  return JSON.parse(last ?? '')
}

test.describe.configure({ mode: 'serial' })

test('a topic is made', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('link', { name: 'Topics' }).first().click()
  await page.getByRole('button', { name: 'Create topic' }).first().click()
  const sheet = page.getByRole('dialog')
  await sheet.getByLabel('Name', { exact: true }).fill(TOPIC)
  await sheet.getByRole('button', { name: /^Create on/ }).click()
  await expect(page).toHaveURL(new RegExp(`/topics/${TOPIC}`))
})

test('a stock client sends and consumes, and topic and group show it', async ({ page }) => {
  expect(await client('roundtrip')).toEqual({ sent: COUNT, received: COUNT, wrong: 0 })
  await page.goto('/')
  await page.getByRole('link', { name: 'Groups' }).first().click()
  await expect(page.getByRole('link', { name: GROUP }).first()).toBeVisible({ timeout: 30_000 })
  await page.getByRole('link', { name: 'Topics' }).first().click()
  await expect(page.getByRole('link', { name: TOPIC }).first()).toBeVisible()
})

test('a message is found by its key', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('link', { name: 'Search' }).first().click()
  const box = page.getByPlaceholder('Message id, offset id, or key')
  await box.fill('key-7')
  await box.press('Enter')
  await expect(page.getByText('body 7', { exact: false }).first()).toBeVisible({ timeout: 20_000 })
})

test("a group's offsets are reset with a preview, and its client consumes again", async ({ page }) => {
  await page.goto('/')
  const start = new URL(page.url()).pathname
  await page.goto(`${start}/groups/${GROUP}/reset`)
  await page.getByRole('button', { name: 'Choose the target' }).click()
  await page.getByText('The oldest message').first().click()
  await page.getByRole('button', { name: 'Preview' }).last().click()
  await expect(page.getByText('Every target lies inside the kept range.')).toBeVisible()
  await expect(page.getByText('Delivered again')).toBeVisible()
  await page.getByLabel(`Type ${GROUP} to confirm`).fill(GROUP)
  await page.getByRole('button', { name: /^Reset \d+ queues$/ }).click()
  await expect(page.getByRole('button', { name: 'Done' })).toBeVisible()
  await page.goto(`${start}/groups`)
  const row = page.getByRole('row').filter({ hasText: GROUP })
  await expect(row).toContainText(`${COUNT}`, { timeout: 30_000 })
  expect(await client('consume')).toEqual({ received: COUNT })
  await expect(row).not.toContainText(`${COUNT}`, { timeout: 30_000 })
})
