// components/format/locale.ts: the two languages figures are written in, and the words that belong to units.
// Sentences live in the catalogues; here is only what stands beside a number.

export type Locale = 'en' | 'zh'

export const localeOf = (tag: string): Locale => (tag.toLowerCase().startsWith('zh') ? 'zh' : 'en')

interface UnitWords {
  readonly messagesPerSecond: string
  readonly perSecond: string
  readonly messages: string
  readonly day: string
  readonly hour: string
  readonly minute: string
  readonly second: string
  readonly ago: (span: string) => string
}

export const unitWords: Readonly<Record<Locale, UnitWords>> = {
  en: {
    messagesPerSecond: 'msg/s',
    perSecond: '/s',
    messages: 'messages',
    day: 'd',
    hour: 'h',
    minute: 'min',
    second: 's',
    ago: (span) => `${span} ago`,
  },
  zh: {
    messagesPerSecond: '条/秒',
    perSecond: '/秒',
    messages: '条',
    day: '天',
    hour: '小时',
    minute: '分',
    second: '秒',
    ago: (span) => `${span}前`,
  },
}

/** A figure in two parts: digits are drawn large, the unit small beside them. */
export interface Parts {
  readonly digits: string
  readonly unit: string
}
export const joined = ({ digits, unit }: Parts): string => (unit === '' ? digits : `${digits} ${unit}`)
