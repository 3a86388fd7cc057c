// components/i18n/preference-cookies.ts: the cookies behind a person's preferences, read on both sides, checked on reading.
import { isLanguage, type Language, languageFrom } from './language'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]
export const densities = ['compact', 'normal', 'roomy'] as const
export type Density = (typeof densities)[number]

export interface Preferences {
  readonly language: Language
  /** An IANA name, `UTC`, or `browser`: whatever the browser's own is. */
  readonly zone: string
  readonly theme: Theme
  readonly density: Density
}
export type PreferenceName = keyof Preferences

export const cookieOf: Record<PreferenceName, string> = {
  language: 'rd_language',
  zone: 'rd_zone',
  theme: 'rd_theme',
  density: 'rd_density',
}

export const isZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

const oneOf = <T extends string>(choices: readonly T[], text: string | undefined): T | undefined =>
  choices.find((choice) => choice === text)

/** Whatever a cookie holds, what comes out can be drawn: a value nobody offers is the same as none. */
export function preferencesFrom(
  cookie: (name: string) => string | undefined,
  acceptLanguage: string | null,
): Preferences {
  const language = cookie(cookieOf.language)
  const zone = cookie(cookieOf.zone)
  return {
    language: isLanguage(language) ? language : languageFrom(acceptLanguage),
    zone: zone && isZone(zone) ? zone : 'browser',
    theme: oneOf(themes, cookie(cookieOf.theme)) ?? 'system',
    density: oneOf(densities, cookie(cookieOf.density)) ?? 'normal',
  }
}
