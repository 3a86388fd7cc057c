// components/i18n/use-intl.d.ts: makes the compiler know every key of the English catalogue.
import type { Language } from './language'
import type { Messages } from './messages'

declare module 'use-intl' {
  interface AppConfig {
    Locale: Language
    Messages: Messages
  }
}
