'use client'
// components/i18n/preferences.tsx: how this person sees the console: language, zone, theme, density. Cookies hold them, so
// that the server draws the first page as the browser will; this file is the only one that writes those cookies.
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react'
import { IntlProvider } from 'use-intl'
import type { Language } from './language'
import { messagesOf } from './messages'
import { cookieOf, type Density, type PreferenceName, type Preferences, type Theme } from './preference-cookies'

export type { Density, Preferences, Theme }

interface Held extends Preferences {
  readonly change: (next: Partial<Preferences>) => void
}
const Context = createContext<Held | null>(null)

const YEAR_SECONDS = 365 * 24 * 3600

/** Zone, language and looks for everything inside. `initial` is what the server read from the cookies. */
export function PreferencesProvider({ initial, children }: { initial: Preferences; children: ReactNode }) {
  const [held, setHeld] = useState(initial)

  const change = useCallback((next: Partial<Preferences>) => {
    setHeld((before) => ({ ...before, ...next }))
    for (const [name, value] of Object.entries(next) as [PreferenceName, string][]) {
      // document.cookie is the one store that the server sees too; cookieStore is missing in Firefox.
      // biome-ignore lint/suspicious/noDocumentCookie: see above
      document.cookie = `${cookieOf[name]}=${encodeURIComponent(value)}; path=${process.env.ROCKETDECK_BASE_PATH || '/'}; max-age=${YEAR_SECONDS}; samesite=lax`
    }
    const root = document.documentElement
    if (next.language) root.lang = next.language
    if (next.density) root.dataset.density = next.density
    if (next.theme === 'system') delete root.dataset.theme
    else if (next.theme) root.dataset.theme = next.theme
  }, [])

  // The server cannot know the browser's own zone: it drew in UTC, from here on it is the right one.
  const [browserZone, setBrowserZone] = useState('UTC')
  useEffect(() => setBrowserZone(Intl.DateTimeFormat().resolvedOptions().timeZone), [])

  const value = useMemo(() => ({ ...held, change }), [held, change])
  const timeZone = held.zone === 'browser' ? browserZone : held.zone
  return (
    <Context value={value}>
      <IntlProvider
        locale={held.language}
        messages={messagesOf(held.language)}
        timeZone={timeZone}
        onError={complain}
        getMessageFallback={({ namespace, key }) => (namespace ? `${namespace}.${key}` : key)}
      >
        {children}
      </IntlProvider>
    </Context>
  )
}

const complain = (error: Error) => {
  if (process.env.NODE_ENV !== 'production') console.error(error.message)
}

export function usePreferences(): Held {
  const held = use(Context)
  if (!held) throw new Error('usePreferences outside PreferencesProvider')
  return held
}

export const useLanguage = (): Language => usePreferences().language
