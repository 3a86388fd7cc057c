'use client'
// components/access/looks-fields.tsx: language, zone, theme and density, as set-up and settings ask for them. Each holds at
// once: one sees what one chose.
import { useId, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useFormat } from '../format'
import { languages } from '../i18n/language'
import { densities, isZone, themes } from '../i18n/preference-cookies'
import { usePreferences } from '../i18n/preferences'
import { allZones } from '../shell/zones'
import { Field, Input } from '../ui/input'
import { Segmented } from '../ui/segmented'

export function LooksFields({ withDensity }: { withDensity?: boolean }) {
  const t = useTranslations('access')
  const tShell = useTranslations('shell')
  const { language, theme, density, change } = usePreferences()
  return (
    <div className="flex flex-col gap-4">
      <Labelled label={tShell('language')}>
        <Segmented
          label={tShell('language')}
          value={language}
          onChange={(next) => change({ language: next })}
          choices={languages.map((value) => ({ value, label: value === 'en' ? 'English' : '简体中文' }))}
        />
      </Labelled>
      <ZoneField />
      <Labelled label={tShell('theme.label')}>
        <Segmented
          label={tShell('theme.label')}
          value={theme}
          onChange={(next) => change({ theme: next })}
          choices={themes.map((value) => ({ value, label: tShell(`theme.${value}`) }))}
        />
      </Labelled>
      {withDensity ? (
        <Labelled label={tShell('density.label')} note={t('densityNote')}>
          <Segmented
            label={tShell('density.label')}
            value={density}
            onChange={(next) => change({ density: next })}
            choices={densities.map((value) => ({ value, label: tShell(`density.${value}`) }))}
          />
        </Labelled>
      ) : null}
    </div>
  )
}

const Labelled = ({ label, note, children }: { label: string; note?: string; children: React.ReactNode }) => (
  <div>
    <span aria-hidden className="mb-[3px] block text-xs text-ink-2">
      {label}
    </span>
    {children}
    {note ? <span className="mt-[3px] block text-xs text-ink-3">{note}</span> : null}
  </div>
)

/** Any IANA name, completed from what the browser knows; empty is the browser's own. */
function ZoneField() {
  const t = useTranslations('access')
  const format = useFormat()
  const { zone, change } = usePreferences()
  const [text, setText] = useState(zone === 'browser' ? '' : zone)
  const list = useId()
  const wrong = text !== '' && !isZone(text)
  return (
    <Field
      label={t('zone')}
      error={wrong ? t('zoneWrong') : undefined}
      hint={
        wrong ? undefined : (
          <span suppressHydrationWarning>{t('zoneNow', { zone: format.zone, time: format.clock(Date.now()) })}</span>
        )
      }
      className="max-w-80"
    >
      <Input
        list={list}
        value={text}
        placeholder={t('zoneBrowser')}
        onChange={(event) => {
          const next = event.target.value.trim()
          setText(next)
          if (next === '' || isZone(next)) change({ zone: next === '' ? 'browser' : next })
        }}
      />
      <datalist id={list}>
        {allZones().map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </Field>
  )
}
