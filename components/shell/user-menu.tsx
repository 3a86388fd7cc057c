'use client'
// components/shell/user-menu.tsx: who is signed in, how they see the console, and the way out.
import { Keyboard, LogOut, Settings } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'use-intl'
import { isBuiltInRole } from '../../server/shared/rights'
import { languages } from '../i18n/language'
import { densities, themes } from '../i18n/preference-cookies'
import { usePreferences } from '../i18n/preferences'
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuSeparator } from '../ui/menu'
import { useMe } from './cluster'
import { useSignOut } from './use-sign-out'

/** Two letters that stand for a name: `li.wei` is LW, `admin` is AD. */
export function initials(name: string): string {
  const parts = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean)
  const letters = parts.length > 1 ? parts.slice(0, 2).map((part) => [...part][0]) : [...(parts[0] ?? '?')].slice(0, 2)
  return letters.join('').toUpperCase()
}

export function UserMenu({ onKeys }: { onKeys: () => void }) {
  const t = useTranslations('shell')
  const router = useRouter()
  const me = useMe()
  const { language, theme, density, change } = usePreferences()
  const signOut = useSignOut()
  if (!me) return null
  return (
    <Menu
      className="w-56"
      trigger={
        <button
          type="button"
          aria-label={t('user', { name: me.name })}
          className="grid size-[26px] flex-none place-items-center rounded-full bg-tide-wash text-[11px] font-semibold text-tide max-sm:mx-2 max-sm:size-8"
        >
          {initials(me.name)}
        </button>
      }
    >
      <div className="px-2 pt-1 pb-1.5">
        <div className="font-strong text-sm">{me.name}</div>
        <div className="text-xs text-ink-3">{isBuiltInRole(me.role) ? t(`role.${me.role}`) : me.role}</div>
      </div>
      <MenuSeparator />
      <MenuLabel>{t('theme.label')}</MenuLabel>
      <MenuChoice
        value={theme}
        onChange={(next) => change({ theme: next })}
        choices={themes.map((value) => ({ value, label: t(`theme.${value}`) }))}
      />
      <MenuLabel>{t('language')}</MenuLabel>
      <MenuChoice
        value={language}
        onChange={(next) => change({ language: next })}
        choices={languages.map((value) => ({ value, label: value === 'en' ? 'English' : '简体中文' }))}
      />
      <MenuLabel>{t('density.label')}</MenuLabel>
      <MenuChoice
        value={density}
        onChange={(next) => change({ density: next })}
        choices={densities.map((value) => ({ value, label: t(`density.${value}`) }))}
      />
      <MenuSeparator />
      <MenuItem icon={<Settings />} onSelect={() => router.push('/settings')}>
        {t('page.settings')}
      </MenuItem>
      <MenuItem icon={<Keyboard />} keys="?" onSelect={onKeys}>
        {t('shortcuts')}
      </MenuItem>
      <MenuItem icon={<LogOut />} onSelect={signOut}>
        {t('signOut')}
      </MenuItem>
    </Menu>
  )
}
