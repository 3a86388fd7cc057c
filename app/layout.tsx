// app/layout.tsx: the page around every page. Language, theme and density are read from cookies here, so that the first
// paint is already right and no script has to correct it.
import type { Metadata, Viewport } from 'next'
import { cookies, headers } from 'next/headers'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import type { ReactNode } from 'react'
import { preferencesFrom } from '../components/i18n/preference-cookies'
import { PreferencesProvider } from '../components/i18n/preferences'
import { Providers } from '../components/shell/providers'
import './globals.css'

export const metadata: Metadata = {
  title: { default: 'rocketdeck', template: '%s · rocketdeck' },
  description: 'A RocketMQ cluster and its console',
  robots: { index: false, follow: false },
}
export const viewport: Viewport = { width: 'device-width', initialScale: 1 }

export default async function RootLayout({ children }: { children: ReactNode }) {
  const jar = await cookies()
  const preferences = preferencesFrom((name) => jar.get(name)?.value, (await headers()).get('accept-language'))
  const { theme, language, density } = preferences
  return (
    <html
      lang={language}
      data-theme={theme === 'system' ? undefined : theme}
      data-density={density}
      suppressHydrationWarning
    >
      <body>
        <NuqsAdapter>
          <PreferencesProvider initial={preferences}>
            <Providers>{children}</Providers>
          </PreferencesProvider>
        </NuqsAdapter>
      </body>
    </html>
  )
}
