'use client'
// components/access/who-may.tsx: a try without doing it: who may do this, there, to that? And by what.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { hasSubject, type Right, rights, subjectOf } from '../../server/shared/rights'
import { Region } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Field, Input } from '../ui/input'
import { State } from '../ui/mark'
import { Panel } from '../ui/panel'
import { Select } from '../ui/select'
import { ALL, useRightWords } from './right-words'

export function WhoMay() {
  const t = useTranslations('people')
  const words = useRightWords()
  const trpc = useTRPC()
  const [right, setRight] = useState<Right>('offset.reset')
  const [chosen, setChosen] = useState<string | null>(null)
  const [name, setName] = useState('')
  const choices = words.clusterChoices.filter(({ value }) => value !== ALL)
  const cluster = chosen ?? choices[0]?.value ?? ''
  const query = useQuery(
    trpc.access.whoMay.queryOptions({ right, cluster, name }, { enabled: cluster !== '', meta: { still: true } }),
  )
  return (
    <Panel title={t('try.title')} ruled>
      <div className="grid grid-cols-2 gap-2 px-3 py-3">
        <Field label={t('role.right')} className="col-span-2">
          <Select
            value={right}
            onChange={setRight}
            choices={rights.map((one) => ({ value: one, label: words.right(one) }))}
          />
        </Field>
        <Field label={t('role.cluster')}>
          <Select value={cluster} onChange={setChosen} choices={choices} />
        </Field>
        <Field label={hasSubject(right) ? t(`try.name.${subjectOf[right]}`) : t('role.names')}>
          <Input
            mono
            disabled={!hasSubject(right)}
            value={hasSubject(right) ? name : ''}
            onChange={(event) => setName(event.target.value)}
            placeholder={hasSubject(right) ? t('try.any') : ''}
          />
        </Field>
      </div>
      <Region query={query}>
        {(rows) => (
          <ul className="border-t border-hair">
            {rows.map((row) => (
              <li
                key={row.user}
                className="flex items-center gap-2 border-b border-hair px-3 py-1.5 text-sm last:border-b-0"
              >
                <State state={row.may ? 'ok' : 'off'}>{row.user}</State>
                <span className="ml-auto text-right text-ink-3">
                  {row.may ? t('try.yes', { role: words.role(row.role) }) : t('try.no', { role: words.role(row.role) })}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Region>
    </Panel>
  )
}
