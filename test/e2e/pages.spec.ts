// test/e2e/pages.spec.ts: every page, in both languages and both themes, shows what it is for, breaks nothing in the
// browser and prints no name of a text in place of the text.
import { expect, test } from '@playwright/test'

const pages = [
  '',
  '/topics',
  '/topics/TBW102',
  '/topics/TBW102/queues',
  '/groups',
  '/brokers',
  '/brokers/broker-a:0',
  '/messages',
  '/send',
]
const looks = [
  { language: 'en', theme: 'light' },
  { language: 'en', theme: 'dark' },
  { language: 'zh', theme: 'light' },
  { language: 'zh', theme: 'dark' },
] as const

for (const { language, theme } of looks) {
  test(`pages in ${language}, ${theme}`, async ({ page, context, baseURL }, info) => {
    const url = baseURL ?? ''
    await context.addCookies([
      { name: 'rd_language', value: language, url },
      { name: 'rd_theme', value: theme, url },
    ])
    const broken: string[] = []
    page.on('pageerror', (error) => broken.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') broken.push(message.text())
    })
    await page.goto('/')
    await page.waitForURL(/\/c\/[^/]+$/)
    const start = new URL(page.url()).pathname
    for (const path of [...pages.map((one) => start + one), '/settings']) {
      await page.goto(path)
      await expect(page.locator('main, #content').first()).toBeVisible()
      await expect(page.locator('html')).toHaveAttribute('lang', language === 'zh' ? /^zh/ : 'en')
      await expect(page.getByText(/MISSING_MESSAGE|\b[a-z]+\.[a-z]+\.[a-zA-Z]+\b(?=\s*$)/)).toHaveCount(0)
      const name = `${language}-${theme}${path.replace(start, '').replaceAll(/[/:]/g, '-') || '-overview'}.png`
      await page.screenshot({ path: info.outputPath(name) })
    }
    expect(broken).toEqual([])
  })
}
