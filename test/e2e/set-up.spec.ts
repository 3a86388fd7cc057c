// test/e2e/set-up.spec.ts: the first login. The token from the data folder makes the first admin, once; the signed-in
// state it leaves serves the other tests.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { ADMIN_STATE } from '../../playwright.config'
import { ADMIN } from './accounts'

const token = () => readFileSync(join(process.env.E2E_DATA ?? '', 'console', 'setup-token'), 'utf8').trim()

test('a first visit is led to set-up, and a wrong token makes nobody admin', async ({ page }) => {
  await page.goto('/')
  await expect(page).toHaveURL(/\/setup/)
  await page.goto('/setup#token=wrong')
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
  await page.getByLabel('Password, once more').fill(ADMIN.password)
  await page.getByRole('button', { name: 'Create admin' }).click()
  await expect(page.getByLabel('Set-up token')).toBeVisible()
})

test('the token makes the first admin and is void afterwards', async ({ page }) => {
  // Whoever opened the page without it, and tried something, pastes the address: only its fragment is new.
  await page.goto('/setup')
  await page.getByLabel('Set-up token').fill('something else')
  await page.goto(`/setup#token=${token()}`)
  await expect(page.locator('input[type="hidden"][name="token"]')).toHaveValue(token())
  await expect(page).toHaveURL(/\/setup$/)
  await page.getByLabel('Name', { exact: true }).fill(ADMIN.name)
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
  await page.getByLabel('Password, once more').fill(ADMIN.password)
  await page.getByRole('button', { name: 'Create admin' }).click()
  await page.getByRole('button', { name: 'Next' }).click()
  await expect(page.getByText(/^Your cluster is (running|connected)\./)).toBeVisible()
  await expect(page.getByText(process.env.E2E_NAMESRV ?? '').first()).toBeVisible()
  await page.getByRole('button', { name: 'Open the overview' }).click()
  await expect(page).toHaveURL(/\/c\/[^/]+$/)
  await page.context().storageState({ path: ADMIN_STATE })
})

test('an admin signs in again with name and password', async ({ page }) => {
  await page.goto('/login')
  await page.getByLabel('Name', { exact: true }).fill(ADMIN.name)
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(/\/c\/[^/]+$/)
})
