// test/e2e/pages.spec.ts: lists by keys alone, a message made by hand, and a topic deleted.
import { expect, test } from '@playwright/test'
import { clusterPath, GROUP, somethingToShow, TOPIC, visit } from './pages'

somethingToShow()

test('a list is driven by keys alone', async ({ page }) => {
  await visit(page, '/topics', 'Create topic')
  await page.keyboard.press('/')
  await page.keyboard.type(TOPIC)
  await expect(page).toHaveURL(new RegExp(`q=${TOPIC}`))
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.goto(`${clusterPath()}/topics?q=${TOPIC}`)
  const row = page.getByRole('row', { name: new RegExp(TOPIC) })
  // The row is there before the page listens.
  await expect(async () => {
    await page.keyboard.press('j')
    await expect(row).toBeFocused({ timeout: 1000 })
  }).toPass()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/topics/${TOPIC}$`))
  await page.keyboard.press(']')
  await expect(page).toHaveURL(new RegExp(`/topics/${TOPIC}/queues$`))
})

test('the palette does things: it creates a topic, and resets a group that it asks for', async ({ page }) => {
  await visit(page, '/topics', 'Create topic')
  const palette = page.getByRole('dialog', { name: 'Find or run…' })
  await expect(async () => {
    await page.keyboard.press('Control+k')
    await expect(palette).toBeVisible({ timeout: 1000 })
  }).toPass()
  await page.keyboard.type('reset')
  await palette.getByRole('option', { name: 'Reset offsets of a group…' }).click()
  await page.keyboard.type(GROUP)
  await palette.getByRole('option', { name: GROUP }).click()
  await expect(page).toHaveURL(new RegExp(`/groups/${GROUP}/reset`))

  await page.goto(`${clusterPath()}/groups`)
  await expect(async () => {
    await page.keyboard.press('Control+k')
    await expect(palette).toBeVisible({ timeout: 1000 })
  }).toPass()
  await page.keyboard.type('topic new')
  await expect(palette.getByRole('option').first()).toHaveText('Create topic')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: /^Create topic/ })).toBeVisible()
})

test('CN13: a message made by hand arrives where it says, and its link opens it', async ({ page }) => {
  await page.goto(`${clusterPath()}/send?topic=${TOPIC}`)
  await page.getByLabel('Keys (optional)').fill('by-hand-1')
  await page.getByRole('textbox', { name: /^Body/ }).fill('{"id": 9007199254740993}')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await expect(page.getByText('SEND_OK')).toBeVisible()
  await page.getByRole('link', { name: /^[0-9A-F]{32}$/ }).click()
  await expect(page.getByText('9007199254740993')).toBeVisible()
})

test('CN4: bodies are shown by the type that is set for their topic, and what is none says where', async ({ page }) => {
  await page.goto(`${clusterPath()}/messages?topic=${TOPIC}`)
  await page.getByRole('row', { name: /by-hand-1/ }).click()
  await expect(page.getByText('9007199254740993').last()).toBeVisible()
  const set = async (kind: string, schema?: string) => {
    await page.getByRole('button', { name: 'Body type' }).click()
    const dialog = page.getByRole('dialog', { name: 'What the bodies are' })
    await dialog.getByRole('radio', { name: kind }).click()
    if (schema !== undefined) await dialog.getByLabel('Text of the .proto file').fill(schema)
    await dialog.getByRole('button', { name: 'Keep' }).click()
    return dialog
  }
  const dialog = await set('Protobuf', 'message Order { uint64 id = 1')
  await expect(dialog.getByText('cannot be read').first()).toBeVisible()
  await dialog.getByLabel('Text of the .proto file').fill('syntax = "proto3"; message Order { uint64 id = 1; }')
  await dialog.getByRole('button', { name: 'Keep' }).click()
  await expect(page.getByText(/The body is not this Protobuf: .*, at byte 0/)).toBeVisible()
  await expect(page.getByText('9007199254740993').last()).toBeVisible()
  await set('As they look')
  await expect(page.getByText('The body is not this Protobuf')).toBeHidden()
})

test('a topic is deleted only after its impact was shown and its name typed', async ({ page }) => {
  await page.goto(`${clusterPath()}/topics/${TOPIC}`)
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Delete…' }).click()
  await expect(page.getByText('can no longer be read')).toBeVisible()
  await expect(page.getByRole('dialog').getByText(GROUP).first()).toBeVisible()
  const apply = page.getByRole('button', { name: /^Delete on/ })
  await expect(apply).toHaveAttribute('aria-disabled', 'true')
  await page.getByLabel(`Type ${TOPIC} to confirm`).fill(TOPIC)
  await apply.click()
  await expect(page.getByRole('heading', { name: 'Done' })).toBeVisible()
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
  await expect(page).toHaveURL(/\/topics$/)
})

test('rows of the plain lists come with the first HTML', async ({ browser }, { project }) => {
  const { storageState, baseURL } = project.use
  const context = await browser.newContext({
    ...(storageState === undefined ? {} : { storageState }),
    ...(baseURL === undefined ? {} : { baseURL }),
    javaScriptEnabled: false,
  })
  const page = await context.newPage()
  // Any row: which ones the first page holds depends on how many there are.
  for (const list of ['topics', 'groups']) {
    await page.goto(`${clusterPath()}/${list}`)
    await expect(page.locator('tbody tr').first(), list).toBeVisible()
  }
  await context.close()
})
