'use client'
// components/cluster/ability-table.tsx: what each cluster can do, as its brokers' settings tell, one column a cluster.
import { useTranslations } from 'use-intl'
import { isKnown, type Known } from '../../server/shared/known'
import type { Capabilities, ClusterInfo } from '../../server/shared/views'
import { UnknownWord, useFormat } from '../format'
import { spineOf } from '../shell/spine'
import { Mark } from '../ui/mark'
import { Panel } from '../ui/panel'

const flags = [
  'acl',
  'timer',
  'recall',
  'sql92',
  'trace',
  'autoCreateTopic',
  'autoCreateGroup',
] as const satisfies (keyof Capabilities)[]

export function AbilityTable({ infos }: { infos: readonly ClusterInfo[] }) {
  const t = useTranslations('clusters')
  const format = useFormat()
  if (infos.length === 0) return null
  const flag = (of: Known<boolean>) =>
    isKnown(of) ? (
      <span className="inline-flex items-center gap-1.5">
        <Mark state={of.value ? 'ok' : 'off'} />
        {of.value ? t('on') : t('off')}
      </span>
    ) : (
      <UnknownWord reason={of.unknown} />
    )
  const delay = ({ timerMaxDelayMs }: Capabilities) =>
    isKnown(timerMaxDelayMs) ? format.duration(timerMaxDelayMs.value) : <UnknownWord reason={timerMaxDelayMs.unknown} />
  const cell = 'h-8 border-hair border-b px-3 text-left whitespace-nowrap'
  return (
    <Panel title={t('abilities')} about={t('abilitiesNote')} className="flex-none">
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways is reached by keyboard
        tabIndex={0}
        aria-label={t('abilities')}
        className="overflow-x-auto border-hair border-t"
      >
        <table className="min-w-full border-separate border-spacing-0 text-sm">
          <thead>
            <tr>
              <th scope="col" className={`${cell} sticky left-0 bg-sunken font-medium text-ink-3 text-xs`}>
                {t('ability.head')}
              </th>
              {infos.map((info) => (
                <th key={info.id} scope="col" className={`${cell} bg-sunken font-medium text-xs`}>
                  <span className="inline-flex items-center gap-1.5">
                    <i aria-hidden className="h-3 w-1" style={{ background: spineOf(info.colour) }} />
                    {info.name}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {flags.map((key) => (
              <tr key={key} className="last:*:border-b-0">
                <th scope="row" className={`${cell} sticky left-0 bg-panel font-normal text-ink-2`}>
                  {t(`ability.${key}`)}
                </th>
                {infos.map(({ id, capabilities }) => (
                  <td key={id} className={cell}>
                    {flag(capabilities[key])}
                    {key === 'timer' && isKnown(capabilities.timer) && capabilities.timer.value ? (
                      <span className="text-ink-3">
                        {' '}
                        · {t('upTo')} {delay(capabilities)}
                      </span>
                    ) : null}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  )
}
