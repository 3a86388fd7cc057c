'use client'
// components/group/reset-target.tsx: step 2 of a reset: where to. A time is typed in the zone that stands beside the field and
// read back in full, so that nobody is an hour off.
import { useQuery } from '@tanstack/react-query'
import { RadioGroup } from 'radix-ui'
import { type ReactNode, useMemo } from 'react'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { GroupView } from '../../server/shared/views'
import { useFormat } from '../format'
import { useClusterId } from '../shell/cluster'
import { useTRPC } from '../trpc/client'
import { Field, Input } from '../ui/input'
import { LinkButton } from '../ui/link'
import { Panel } from '../ui/panel'
import { Table, Td, Th, Tr } from '../ui/table'
import { type TargetDraft, type TargetKind, targetKinds } from './reset-draft'
import { queueKey } from './reset-plan'
import { CsvField, SnapshotField } from './reset-sources'

const quick = [5, 15, 60, 360, 1440] as const // minutes ago

export const ResetTargetForm = (props: {
  view: GroupView
  draft: TargetDraft
  out: ReadonlySet<string>
  onChange: (draft: TargetDraft) => void
  /** Why the draft is no target, once somebody has tried to go on. */
  problem: string | undefined
}) => {
  const { view, draft, out, onChange, problem } = props
  const t = useTranslations('group.reset')
  const format = useFormat()
  const trpc = useTRPC()
  const cluster = useClusterId()
  const groups = useQuery(
    trpc.group.names.queryOptions({ cluster }, { enabled: draft.kind === 'group', meta: { still: true } }),
  )
  const at = format.parseTime(draft.time)
  const queues = useMemo(() => view.queues.filter((queue) => !out.has(queueKey(queue))), [view.queues, out])
  const set = (next: Partial<TargetDraft>) => onChange({ ...draft, ...next })

  const detail: Partial<Record<TargetKind, ReactNode>> = {
    time: (
      <div className="flex flex-col gap-2">
        <Field
          className="w-[360px] max-sm:w-full"
          label={t('timeLabel', {
            same: format.zoneLabel() === format.zone ? 'yes' : 'no',
            zone: format.zoneLabel(),
            name: format.zone,
          })}
          error={problem}
          hint={
            at === undefined
              ? t('timeHint')
              : `${format.fullTime(at)} ${format.zoneLabel(at)} · ${format.ago(Date.now() - at)}`
          }
        >
          <Input
            mono
            autoFocus
            value={draft.time}
            onChange={(event) => set({ time: event.target.value })}
            frame="h-8"
            placeholder="2026-11-22 14:05:00"
          />
        </Field>
        <div className="flex flex-wrap gap-3 text-sm">
          {quick.map((minutes) => (
            <LinkButton key={minutes} onClick={() => set({ time: format.fullTime(Date.now() - minutes * 60_000) })}>
              {format.ago(minutes * 60_000)}
            </LinkButton>
          ))}
        </div>
      </div>
    ),
    shift: (
      <Field className="w-52" label={t('shiftLabel')} hint={t('shiftHint')} error={problem}>
        <Input
          mono
          autoFocus
          value={draft.by}
          onChange={(event) => set({ by: event.target.value })}
          frame="h-8"
          placeholder="-1000"
        />
      </Field>
    ),
    offsets: (
      <Panel>
        <Table density="compact">
          <thead>
            <tr>
              <Th>{t('queue')}</Th>
              <Th number>{t('oldest')}</Th>
              <Th number>{t('now')}</Th>
              <Th number>{t('newest')}</Th>
              <Th className="w-44">{t('newOffset')}</Th>
            </tr>
          </thead>
          <tbody>
            {queues.map((queue) => (
              <Tr key={queueKey(queue)}>
                <Td className="mono" title={queue.topic}>
                  {queue.broker}/{queue.queueId}
                </Td>
                <Td number className="mono text-ink-2">
                  {isKnown(queue.min) ? format.count(queue.min.value) : '?'}
                </Td>
                <Td number className="mono">
                  {isKnown(queue.committed) ? format.count(queue.committed.value) : '–'}
                </Td>
                <Td number className="mono text-ink-2">
                  {isKnown(queue.max) ? format.count(queue.max.value) : '?'}
                </Td>
                <Td>
                  <Input
                    mono
                    aria-label={t('newOffsetOf', { queue: `${queue.broker}/${queue.queueId}` })}
                    inputMode="numeric"
                    value={draft.offsets[queueKey(queue)] ?? ''}
                    onChange={(event) => set({ offsets: { ...draft.offsets, [queueKey(queue)]: event.target.value } })}
                    placeholder={t('asItIs')}
                    frame="h-6"
                  />
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
        {problem && (
          <p role="alert" className="border-hair border-t px-3 py-1.5 text-crit text-xs">
            {problem}
          </p>
        )}
      </Panel>
    ),
    group: (
      <Field className="w-[340px] max-sm:w-full" label={t('fromLabel')} hint={t('fromHint')} error={problem}>
        <Input
          mono
          autoFocus
          list="groups-to-copy"
          value={draft.from}
          onChange={(event) => set({ from: event.target.value })}
          frame="h-8"
        />
        <datalist id="groups-to-copy">
          {groups.data?.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </Field>
    ),
    snapshot: <SnapshotField value={draft.snapshot} onChange={(snapshot) => set({ snapshot })} problem={problem} />,
    csv: <CsvField value={draft.csv} onChange={(csv) => set({ csv })} problem={problem} queues={queues} />,
  }
  return (
    <RadioGroup.Root
      aria-label={t('target')}
      value={draft.kind}
      onValueChange={(kind) => set({ kind: kind as TargetKind })} // Radix speaks of strings; only kinds are offered
      className="overflow-hidden rounded-lg border border-line bg-panel"
    >
      {targetKinds.map((kind) => (
        <div key={kind} className="border-hair border-t first:border-t-0">
          <RadioGroup.Item
            value={kind}
            className="flex w-full items-start gap-2.5 px-3 py-2.5 text-left -outline-offset-2 hover:bg-hover"
          >
            <span className="mt-[3px] grid size-3.5 flex-none place-items-center rounded-full border border-control">
              <RadioGroup.Indicator className="size-2 rounded-full bg-tide" />
            </span>
            <span className="min-w-0">
              <span className="block font-strong text-sm">{t(`kind.${kind}`)}</span>
              <span className="block text-ink-3 text-xs">{t(`kindHint.${kind}`)}</span>
            </span>
          </RadioGroup.Item>
          {draft.kind === kind && detail[kind] && <div className="px-3 pt-1 pb-3 pl-9 max-sm:pl-3">{detail[kind]}</div>}
        </div>
      ))}
    </RadioGroup.Root>
  )
}
