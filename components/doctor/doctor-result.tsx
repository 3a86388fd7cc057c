'use client'
// components/doctor/doctor-result.tsx: what explains the symptom, likeliest first and with what to do, and then every check in
// the order in which a client meets things.
import { useTranslations } from 'use-intl'
import { findings, type Gravity, isTrouble, type Symptom, suspectsOf } from '../../server/shared/doctor'
import type { DoctorCheck, DoctorReport, DoctorSection } from '../../server/shared/views'
import { Name, useFormat } from '../format'
import { clusterHref } from '../shell/address'
import { Button } from '../ui/button'
import { useCopy } from '../ui/copy'
import { Link } from '../ui/link'
import { Mark, type MarkState } from '../ui/mark'
import { Panel, PanelFoot } from '../ui/panel'
import { Empty, Refetching } from '../ui/region'

const marks: Record<Gravity, MarkState> = { ok: 'ok', hint: 'off', warn: 'warn', bad: 'crit', unknown: 'unknown' }
const sections: readonly DoctorSection[] = ['nameServers', 'brokers', 'topic', 'group', 'reading']

export interface DoctorResultProps {
  readonly cluster: string
  readonly symptom: Symptom
  readonly topic: string
  /** Both a topic and a group were looked at. */
  readonly named: boolean
  readonly report: DoctorReport
  readonly asking: boolean
}
export const DoctorResult = ({ cluster, symptom, topic, named, report, asking }: DoctorResultProps) => {
  const t = useTranslations('doctor')
  const format = useFormat()
  const words = useCheckWords()
  const { copied, copy } = useCopy()
  const suspects = suspectsOf(symptom, report.checks)
  const text = () =>
    [
      `${t(`symptom.${symptom}`)} · ${new Date(report.at).toISOString()}`,
      ...report.checks.map((check) => {
        const { says, todo, gravity } = words(check)
        return [`[${gravity}] ${check.who}: ${says}`, todo].filter(Boolean).join('\n    ')
      }),
    ].join('\n')
  return (
    <div className="flex min-w-0 flex-col gap-2.5">
      <Panel
        ruled
        title={t('suspects')}
        about={t(`symptom.${symptom}`)}
        aux={
          <Button size="sm" onClick={() => void copy(text())}>
            {copied ? t('copied') : t('copy')}
          </Button>
        }
      >
        <Refetching when={asking} />
        {suspects.length === 0 ? (
          <Empty title={t('clean')}>
            {t('cleanText')}
            {!named && <span className="mt-1 block">{t('more')}</span>}
          </Empty>
        ) : (
          <ol>
            {suspects.map((check) => (
              <Suspect key={keyOf(check)} cluster={cluster} topic={topic} check={check} />
            ))}
          </ol>
        )}
        <PanelFoot>{t('took', { checks: report.checks.length, span: format.duration(report.tookMs) })}</PanelFoot>
      </Panel>
      {sections.map((section) => {
        const checks = report.checks.filter((check) => check.section === section)
        return checks.length === 0 ? null : (
          <Panel key={section} ruled title={t(`section.${section}`)} about={checks.length}>
            <ul>
              {checks.map((check) => {
                const { says, gravity } = words(check)
                return (
                  <li
                    key={keyOf(check)}
                    className="grid grid-cols-[12px_minmax(0,200px)_minmax(0,1fr)] gap-x-2 border-hair border-b px-3 py-1.5 text-sm last:border-b-0 max-sm:grid-cols-[12px_minmax(0,1fr)]"
                  >
                    <Mark state={marks[findings[check.finding]]} label={gravity} className="mt-[4px]" />
                    <span className="min-w-0 text-ink-2">
                      <Name>{check.who}</Name>
                    </span>
                    <span className="wrap-anywhere max-sm:col-start-2">{says}</span>
                  </li>
                )
              })}
            </ul>
          </Panel>
        )
      })}
    </div>
  )
}

const Suspect = ({ cluster, topic, check }: { cluster: string; topic: string; check: DoctorCheck }) => {
  const t = useTranslations('doctor')
  const { says, todo, gravity } = useCheckWords()(check)
  return (
    <li className="flex items-start gap-2 border-hair border-b px-3 py-2.5 text-sm last:border-b-0">
      <Mark state={marks[findings[check.finding]]} label={gravity} className="mt-[4px]" />
      <div className="min-w-0">
        <p className="wrap-anywhere">
          {check.who !== '' && <b className="mono mr-1.5 font-strong">{check.who}</b>}
          {says}
        </p>
        {todo && <p className="mt-0.5 max-w-[80ch] wrap-anywhere text-ink-2">{todo}</p>}
        {check.finding === 'queueStill' && (
          <Link
            href={`${clusterHref(cluster, 'messages')}?${new URLSearchParams({
              topic,
              queue: `${check.who}@${check.values.offset ?? 0}`,
              pos: 'oldest',
              n: '1',
            })}`}
          >
            {t('openMessage')}
          </Link>
        )}
      </div>
    </li>
  )
}

const keyOf = ({ section, finding, who, values }: DoctorCheck): string =>
  `${section} ${finding} ${who} ${JSON.stringify(values)}`

/** A check in words; spans come as milliseconds and are told as people tell them. */
const useCheckWords = () => {
  const t = useTranslations('doctor')
  const format = useFormat()
  return ({ finding, values }: DoctorCheck): { says: string; todo: string | null; gravity: string } => {
    const { spanMs, ...plain } = values
    const filled = spanMs === undefined ? plain : { ...plain, span: format.duration(Number(spanMs)) }
    return {
      says: t(`finding.${finding}`, filled),
      todo: isTrouble(finding) ? t('todo', { text: t(`remedy.${finding}`, filled) }) : null,
      gravity: t(`gravity.${findings[finding]}`),
    }
  }
}
