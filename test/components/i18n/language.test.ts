// test/components/i18n/language.test.ts: which language a visitor gets.
import { expect, it } from 'vitest'
import { languageFrom } from '../../../components/i18n/language'
import { cookieOf, preferencesFrom } from '../../../components/i18n/preference-cookies'

it('takes the first language of the browser that it speaks', () => {
  expect(languageFrom('zh-CN,zh;q=0.9,en;q=0.8')).toBe('zh')
  expect(languageFrom('de-DE,de;q=0.9,zh;q=0.5,en;q=0.4')).toBe('zh')
  expect(languageFrom('en-GB')).toBe('en')
})
it('weighs languages, and never takes one that is refused', () => {
  expect(languageFrom('en;q=0.2, zh;q=0.9')).toBe('zh')
  expect(languageFrom('zh;q=0, en;q=0.1')).toBe('en')
})
it('speaks English to whoever says nothing it understands', () => {
  for (const header of [null, undefined, '', 'de', '*', ';;;', 'zh;q=abc'.repeat(0)])
    expect(languageFrom(header)).toBe('en')
})

const from = (cookies: Record<string, string>) => preferencesFrom((name) => cookies[name], 'zh-CN')
it('keeps what cookies say, when it can be drawn', () => {
  const { language, zone, theme, density } = cookieOf
  expect(from({ [language]: 'en', [zone]: 'Asia/Shanghai', [theme]: 'dark', [density]: 'roomy' })).toEqual({
    language: 'en',
    zone: 'Asia/Shanghai',
    theme: 'dark',
    density: 'roomy',
  })
})
it('falls back where a cookie holds something else', () => {
  const { language, zone, theme, density } = cookieOf
  expect(from({ [language]: 'tlh', [zone]: 'Mars/Olympus', [theme]: '"><script>', [density]: '' })).toEqual({
    language: 'zh',
    zone: 'browser',
    theme: 'system',
    density: 'normal',
  })
})
