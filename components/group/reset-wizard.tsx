'use client'
// components/group/reset-wizard.tsx: moving a group's offsets: scope, target, preview, result. What was chosen lives in the
// address; nothing moves before the preview was looked at and the group's name was typed.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { History } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { GravePreview, GroupView, ResetPreview as Preview } from '../../server/shared/views'
import { ConfirmBar } from '../change/confirm-bar'
import { ResultTable, Steps, TakenAnew } from '../change/parts'
import { useGraveChange } from '../change/use-grave-change'
import { BehindValue, TotalValue, useFormat } from '../format'
import { groupHref } from '../shell/address'
import { ClusterName } from '../shell/cluster'
import { QueryFault, Region } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Sheet } from '../ui/dialog'
import { Figure, Figures } from '../ui/panel'
import { Skeleton } from '../ui/region'
import { readTarget, type TargetDraft, type TargetKind } from './reset-draft'
import { bestPace, canApply, leftOut, putBackTarget, queueKey, topicsOf } from './reset-plan'
import { ResetPreview } from './reset-preview'
import { ResetScope } from './reset-scope'
import { ResetTargetForm } from './reset-target'
import { type GroupAt, useGroup, useGroupAt, useGroupHistory } from './use-group'
import { steps, useResetAddress } from './use-reset-address'

const isReset = (preview: GravePreview): preview is Preview => preview.kind === 'reset'

export const ResetWizard = () => {
  const at = useGroupAt()
  const t = useTranslations('group.reset')
  const router = useRouter()
  const query = useGroup(at)
  return (
    <Region
      query={query}
      skeleton={
        <Sheet open onOpenChange={() => router.push(groupHref(at.cluster, at.group))} title={t('title')}>
          <Skeleton lines={8} />
        </Sheet>
      }
    >
      {(view) => <Wizard at={at} view={view} />}
    </Region>
  )
}

const Wizard = ({ at, view }: { at: GroupAt; view: GroupView }) => {
  const { cluster, group } = at
  const t = useTranslations('group.reset')
  const format = useFormat()
  const router = useRouter()
  const trpc = useTRPC()
  const cache = useQueryClient()
  const [url, setUrl] = useResetAddress()
  const [offsets, setOffsets] = useState<Readonly<Record<string, string>>>({})
  const [csv, setCsv] = useState('')
  const [unticked, setUnticked] = useState<ReadonlySet<string>>(new Set())
  const [tried, setTried] = useState(false)
  /** The offsets are those of before a reset, as its result had them. */
  const [back, setBack] = useState(false)
  const reset = useMutation(trpc.group.reset.mutationOptions())
  const day = useGroupHistory(at, { lastMs: 86_400_000 }).data
  const pace = bestPace(day?.points ?? [])

  const out = useMemo(() => leftOut(url.out, url.to, view.queues), [url.out, url.to, view.queues])
  const { to: kind, at: time, by, from, snapshot } = url
  const draft: TargetDraft = { kind, time, by, from, snapshot, offsets, csv }
  const chosen = view.queues.filter((queue) => !out.has(queueKey(queue)))
  const target = readTarget(draft, chosen, format.parseTime)

  const ask = () => {
    if (!('target' in target)) throw new Error('no target')
    return {
      cluster,
      group,
      topics: [...topicsOf(chosen)],
      queues: chosen.map(({ topic, broker, queueId }) => ({ topic, broker, queueId })),
      target: target.target,
    }
  }
  const grave = useGraveChange<Preview>({
    is: isReset,
    preview: () => cache.fetchQuery(trpc.group.resetPreview.queryOptions(ask(), { staleTime: 0 })),
    apply: (preview, confirm, reason) => {
      const rows = preview.rows.filter((row) => canApply(row) && !unticked.has(queueKey(row)))
      return reset.mutateAsync({
        cluster,
        group,
        preview: preview.id,
        confirm,
        ...(reason === '' ? {} : { reason }),
        ...(rows.length === preview.rows.length
          ? {}
          : { queues: rows.map(({ topic, broker, queueId }) => ({ topic, broker, queueId })) }),
      })
    },
  })
  const step = grave.result !== null ? 'result' : url.step === 'result' ? 'preview' : url.step
  const { take, phase } = grave
  const ready = step === 'preview' && 'target' in target && chosen.length > 0
  const wasReady = useRef(false)
  // The address may open the wizard at its preview: then it is taken at once.
  useEffect(() => {
    if (ready && !wasReady.current && phase === 'idle') void take()
    wasReady.current = ready
  }, [ready, phase, take])
  // An address that names a preview without a target goes back to what is missing.
  useEffect(() => {
    if (step === 'preview' && !ready) setUrl({ step: chosen.length === 0 ? 'scope' : 'target' }, 'replace')
  })

  const close = () => router.push(groupHref(cluster, group))
  const go = (next: 'scope' | 'target' | 'preview') => {
    grave.reset()
    setUnticked(new Set())
    setTried(false)
    setUrl({ step: next }, 'push')
  }
  const next = () => {
    if (step === 'scope' && chosen.length > 0) go('target')
    if (step === 'target') {
      setTried(true)
      if ('target' in target) {
        go('preview')
        wasReady.current = false
      }
    }
  }
  const putBack = () => {
    if (grave.result === null) return
    const stood = putBackTarget(grave.result.rows)
    if (stood.kind !== 'offsets') return
    setBack(true)
    setOffsets(Object.fromEntries(stood.offsets.map((one) => [queueKey(one), one.offset.toString()])))
    grave.reset()
    setUnticked(new Set())
    wasReady.current = false
    setUrl({ step: 'preview', to: 'offsets' }, 'push')
  }
  const preview = grave.preview
  const count = preview?.rows.filter((row) => canApply(row) && !unticked.has(queueKey(row))).length ?? 0
  const problem =
    tried && 'problem' in target
      ? t(`problem.${target.problem.of}`, { line: 'line' in target.problem ? target.problem.line : 0 })
      : undefined
  const isBack = (back && draft.kind === 'offsets') || draft.kind === 'snapshot'
  const targetNote = back && draft.kind === 'offsets' ? t('before') : (noteOf(draft, format) ?? t(`kind.${draft.kind}`))
  const notes = {
    scope: t('scopeNote', { topics: topicsOf(chosen).length, queues: chosen.length }),
    target: 'target' in target ? targetNote : undefined,
  }
  const at4 = steps.indexOf(step)

  return (
    <Sheet
      open
      onOpenChange={(open) => open || close()}
      title={t('title')}
      about={
        <>
          {t('of')} <span className="mono truncate text-ink">{group}</span> {t('on')} <ClusterName />
        </>
      }
      footer={
        step === 'result' ? (
          <>
            <span className="text-ink-3 text-sm">{t('putBackText')}</span>
            <span className="flex-1" />
            <Button
              className="h-8"
              onClick={putBack}
              reason={grave.result?.ok === 0 ? t('nothingToPutBack') : undefined}
            >
              {t('putBack')}
            </Button>
            <Button look="primary" className="h-8" onClick={close}>
              {t('done')}
            </Button>
          </>
        ) : step === 'preview' && preview !== null ? (
          <ConfirmBar
            key={preview.id}
            name={group}
            effect={t('effect', { count })}
            previewedAt={preview.at}
            busy={grave.phase === 'applying'}
            refusal={
              preview.refused !== null
                ? t(`refusal.${preview.refused}`)
                : count === 0
                  ? t('refusal.nothing')
                  : undefined
            }
            onApply={(confirm, reason) => void grave.apply(confirm, reason)}
            onBack={() => go('target')}
          />
        ) : (
          <>
            <span className="flex-1" />
            <Button
              className="h-8"
              onClick={step === 'scope' ? close : () => go(step === 'target' ? 'scope' : 'target')}
            >
              {step === 'scope' ? t('cancel') : t('back')}
            </Button>
            {step !== 'preview' && (
              <Button
                look="primary"
                className="h-8"
                onClick={next}
                keys="Ctrl Enter"
                reason={chosen.length === 0 ? t('chooseQueue') : undefined}
              >
                {step === 'scope' ? t('nextTarget') : t('nextPreview')}
              </Button>
            )}
          </>
        )
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Ctrl Enter goes on from wherever one types; the button is the way for all */}
      <div
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault()
            next()
          }
        }}
      >
        <Steps
          at={at4}
          onGo={(to) => {
            const name = steps[to]
            if (name !== undefined && name !== 'result' && grave.result === null) go(name)
          }}
          steps={steps.map((name) => ({
            label: t(`step.${name}`),
            note: name === 'scope' && at4 > 0 ? notes.scope : name === 'target' && at4 > 1 ? notes.target : undefined,
          }))}
        />
        {step === 'scope' && (
          <ResetScope view={view} out={out} onChange={(changed) => setUrl({ out: [...changed] }, 'replace')} />
        )}
        {step === 'target' && (
          <ResetTargetForm
            view={view}
            draft={draft}
            out={out}
            problem={problem}
            onChange={(changed) => {
              setOffsets(changed.offsets)
              setCsv(changed.csv)
              setBack(false)
              const { kind: to, time: typed, ...others } = changed
              setUrl({ to, at: typed, by: others.by, from: others.from, snapshot: others.snapshot }, 'replace')
            }}
          />
        )}
        {step === 'preview' && (
          <div className="flex flex-col gap-3">
            {grave.error !== null && (
              <QueryFault error={grave.error} onRetry={() => void grave.take()} className="py-2" />
            )}
            {grave.anew !== null && <TakenAnew why={grave.anew} />}
            {preview === null ? (
              grave.error === null && <Skeleton lines={10} />
            ) : (
              <ResetPreview
                preview={preview}
                view={view}
                back={isBack}
                pace={pace}
                unticked={unticked}
                onTick={setUnticked}
                onChangeTarget={() => go('target')}
              />
            )}
            {preview !== null && (
              <p className="flex items-center gap-2 text-ink-3 text-sm">
                <History className="size-[13px]!" />
                {t('kept')}
              </p>
            )}
          </div>
        )}
        {step === 'result' && grave.result !== null && (
          <div className="flex flex-col gap-3">
            <Figures columns="1fr 1fr 1fr">
              <Figure
                label={t('lagLive')}
                value={<TotalValue of={view.row.lag}>{(lag) => format.count(lag)}</TotalValue>}
                unit={format.messages}
                note={t('lagLiveNote')}
              />
              <Figure label={t('behindLive')} value={<BehindValue of={view.row.behind} />} />
              <Figure
                label={t('outLive')}
                value={<TotalValue of={view.row.outPerSecond}>{(rate) => format.rateDigits(rate)}</TotalValue>}
                unit={format.messagesPerSecond}
              />
            </Figures>
            <ResultTable result={grave.result} subject={t('queue')} />
          </div>
        )}
      </div>
    </Sheet>
  )
}

const noteOf = (draft: TargetDraft, format: ReturnType<typeof useFormat>): string | undefined => {
  const kind: TargetKind = draft.kind
  if (kind === 'time') {
    const at = format.parseTime(draft.time)
    return at === undefined ? undefined : format.time(at)
  }
  if (kind === 'shift') return draft.by
  return kind === 'group' ? draft.from : undefined
}
