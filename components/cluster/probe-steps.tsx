'use client'
// components/cluster/probe-steps.tsx: a connection test, step by step, grouped by whom it was about, each with its time and
// what to do where it failed.
import { useTranslations } from 'use-intl'
import type { ProbeStep } from '../../server/shared/views'
import { useFormat } from '../format'
import { Mark } from '../ui/mark'

export function ProbeSteps({ steps }: { steps: readonly ProbeStep[] }) {
  const t = useTranslations('clusters.test')
  const format = useFormat()
  const peers = [...new Set(steps.map(({ who }) => who))]
  const failed = steps.filter(({ ok, step }) => !ok && step !== 'right').length
  const lacking = steps.filter(({ ok, step }) => !ok && step === 'right').length
  return (
    <section aria-label={t('result')} className="overflow-hidden rounded-lg border border-line">
      <p role="status" className="flex items-center gap-2 border-hair border-b bg-sunken px-3 py-2 text-sm">
        <Mark state={failed > 0 ? 'crit' : lacking > 0 ? 'warn' : 'ok'} />
        {failed > 0 ? t('failed', { count: failed }) : lacking > 0 ? t('lacking', { count: lacking }) : t('passed')}
      </p>
      <ul className="max-h-72 divide-y divide-hair overflow-auto">
        {peers.map((who) => (
          <li key={who} className="px-3 py-2">
            <h4 className="mono truncate text-xs">{who}</h4>
            <ul className="mt-1 grid gap-0.5">
              {steps
                .filter((step) => step.who === who)
                .map((step) => (
                  <li
                    key={`${step.step} ${step.right}`}
                    className="grid grid-cols-[12px_minmax(0,1fr)_auto] gap-x-2 text-sm"
                  >
                    <Mark state={step.ok ? 'ok' : step.step === 'right' ? 'warn' : 'crit'} className="mt-1" />
                    <span className="min-w-0">
                      {step.right === null ? t(`step.${step.step}`) : t(`right.${step.right}`)}
                      {step.count === null ? null : (
                        <span className="text-ink-3">
                          {' '}
                          · {t(`count.${step.step === 'route' ? 'topics' : 'brokers'}`, { count: step.count })}
                        </span>
                      )}
                      {step.text !== '' && (
                        <span className={`mono block text-xs wrap-anywhere ${step.ok ? 'text-ink-3' : 'text-crit'}`}>
                          {step.text}
                        </span>
                      )}
                      {!step.ok && <span className="block text-ink-2 text-xs">{t(`todo.${step.step}`)}</span>}
                    </span>
                    <span className="tnum text-ink-3 text-xs">
                      {format.duration(Math.max(1, Math.round(step.tookMs)))}
                    </span>
                  </li>
                ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  )
}
