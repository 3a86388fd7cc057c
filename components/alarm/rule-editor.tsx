'use client'
// components/alarm/rule-editor.tsx: one rule: what it watches and when it fires, with what it would have done in the last
// seven days. Spans and figures are typed in the unit that is written beside them.
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { useTranslations } from 'use-intl'
import {
  type AlarmMetricName,
  type AlarmUnit,
  alarmMetricNames,
  alarmMetrics,
  alarmRuleBody,
} from '../../server/shared/alarms'
import type { RuleRow } from '../../server/shared/views'
import { TypedName } from '../change/typed-name'
import { useFormat } from '../format'
import { ClusterName, useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Sheet } from '../ui/dialog'
import { Field, Input } from '../ui/input'
import { Segmented } from '../ui/segmented'
import { Select } from '../ui/select'
import { Checkbox, Switch } from '../ui/tick'
import { useToast } from '../ui/toast'
import { useAlarmWords } from './use-alarm-words'
import { useAlarmsChanged, useMay } from './use-alarms'

/** What one of the typed unit is in the stored one. */
const scaleOf: Record<AlarmUnit, number> = {
  messages: 1,
  ms: 1000,
  perSecond: 1,
  ratio: 0.01,
  bytes: 1_048_576,
  clients: 1,
  flag: 1,
}
const SECOND_MS = 1000
const numberOf = (text: string): number | null =>
  /^-?\d+([.,]\d+)?$/.test(text.trim()) ? Number(text.replace(',', '.')) : null
/** A hundredth part typed and stored is the same again. */
const rounded = (value: number): number => Number(value.toPrecision(12))

export const RuleEditor = ({ rule, onClose }: { rule: RuleRow | null; onClose: () => void }) => {
  const t = useTranslations('alarm.editor')
  const tAlarm = useTranslations('alarm')
  const format = useFormat()
  const words = useAlarmWords()
  const cluster = useClusterId()
  const trpc = useTRPC()
  const toast = useToast()
  const changed = useAlarmsChanged()
  const may = useMay()
  const channels = useQuery(trpc.channel.list.queryOptions()).data ?? []
  const unitOf = (metric: AlarmMetricName) => alarmMetrics[metric].unit
  const shown = (metric: AlarmMetricName, value: number) => String(rounded(value / scaleOf[unitOf(metric)]))
  const first: AlarmMetricName = rule?.metric ?? 'lag'
  const [form, setForm] = useState({
    name: rule ? words.ruleName(rule.name) : '',
    metric: first,
    watches: rule?.watches ?? '*',
    except: rule?.except ?? '',
    comparator: rule?.comparator ?? ('over' as const),
    value: rule ? shown(first, rule.value) : '10000',
    resolve: rule?.resolveValue == null ? '' : shown(first, rule.resolveValue),
    forS: String((rule?.forMs ?? 120_000) / SECOND_MS),
    resolveForS: String((rule?.resolveForMs ?? 60_000) / SECOND_MS),
    repeatMin: String((rule?.repeatMs ?? 14_400_000) / 60_000),
    unknownMin: rule?.unknownMs == null ? '' : String(rule.unknownMs / 60_000),
    severity: rule?.severity ?? ('warning' as const),
    channels: rule?.channels ?? null,
    enabled: rule?.enabled ?? true,
  })
  const set = (change: Partial<typeof form>) => setForm((held) => ({ ...held, ...change }))
  const flag = unitOf(form.metric) === 'flag'
  const scale = scaleOf[unitOf(form.metric)]
  const scaled = (text: string, by: number): number => rounded((numberOf(text) ?? Number.NaN) * by)
  const parsed = alarmRuleBody.safeParse({
    // A name that nobody changed stays what it is in every language.
    name: rule && form.name === words.ruleName(rule.name) ? rule.name : form.name,
    metric: form.metric,
    watches: form.watches,
    except: form.except,
    comparator: flag ? 'over' : form.comparator,
    value: flag ? 0 : scaled(form.value, scale),
    resolveValue: flag || form.resolve.trim() === '' ? null : scaled(form.resolve, scale),
    forMs: scaled(form.forS, SECOND_MS),
    resolveForMs: scaled(form.resolveForS, SECOND_MS),
    repeatMs: scaled(form.repeatMin, 60_000),
    unknownMs: form.unknownMin.trim() === '' ? null : scaled(form.unknownMin, 60_000),
    severity: form.severity,
    channels: form.channels,
    enabled: form.enabled,
  })
  const wrong = new Set(parsed.success ? [] : parsed.error.issues.map(({ path }) => path[0]))
  const [touched, setTouched] = useState(false)
  const errorOf = (...keys: string[]) => (touched && keys.some((key) => wrong.has(key)) ? t('wrong') : undefined)
  const tried = useDeferredValue(parsed.success ? parsed.data : undefined)
  const test = useQuery(
    trpc.alarm.backtest.queryOptions(
      { cluster, rule: tried ?? alarmRuleBody.parse({ ...neverRule, metric: form.metric }) },
      { enabled: tried !== undefined && may.write, placeholderData: keepPreviousData, staleTime: 60_000 },
    ),
  ).data
  const done = async (text: string) => {
    await changed()
    toast({ text })
    onClose()
  }
  const save = useMutation(
    trpc.alarm.putRule.mutationOptions({ onSuccess: () => done(t('saved', { name: form.name })) }),
  )
  const remove = useMutation(
    trpc.alarm.removeRule.mutationOptions({ onSuccess: () => done(t('removed', { name: form.name })) }),
  )
  const needs = may.write ? undefined : tAlarm('needs', { right: 'alarm.write' })
  return (
    <Sheet
      open
      onOpenChange={onClose}
      width="pane"
      title={rule === null ? tAlarm('newRule') : t('title')}
      about={<ClusterName />}
      footer={
        <>
          <span className="flex-1" />
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" form="alarm-rule" look="primary" busy={save.isPending} reason={needs}>
            {t('save')}
          </Button>
        </>
      }
    >
      <form
        id="alarm-rule"
        className="grid grid-cols-2 gap-x-3 gap-y-4 max-sm:grid-cols-1"
        onSubmit={(event) => {
          event.preventDefault()
          setTouched(true)
          if (parsed.success && needs === undefined)
            save.mutate({ cluster, rule: parsed.data, ...(rule ? { id: rule.id } : {}) })
        }}
      >
        <Field label={t('name')} error={errorOf('name')} className="col-span-full">
          <Input autoFocus={rule === null} value={form.name} onChange={(event) => set({ name: event.target.value })} />
        </Field>
        <Field label={t('metric')}>
          <Select<AlarmMetricName>
            value={form.metric}
            onChange={(metric) => set({ metric })}
            choices={alarmMetricNames.map((value) => ({
              value,
              label: words.metric(value),
              note: t(`of.${alarmMetrics[value].of}`),
            }))}
          />
        </Field>
        <div>
          <p className="mb-[3px] text-ink-2 text-xs">{t('severity')}</p>
          <Segmented
            label={t('severity')}
            value={form.severity}
            onChange={(severity) => set({ severity })}
            choices={(['critical', 'warning'] as const).map((value) => ({ value, label: tAlarm(`severity.${value}`) }))}
          />
        </div>
        <Field label={t(`watches.${alarmMetrics[form.metric].of}`)} hint={t('watchesHint')} error={errorOf('watches')}>
          <Input mono value={form.watches} onChange={(event) => set({ watches: event.target.value })} />
        </Field>
        <Field label={t('except')} error={errorOf('except')}>
          <Input mono value={form.except} onChange={(event) => set({ except: event.target.value })} />
        </Field>
        {!flag && (
          <>
            <Field label={t('value')} error={errorOf('value')}>
              <Input
                inputMode="decimal"
                value={form.value}
                onChange={(event) => set({ value: event.target.value })}
                leading={
                  <Segmented
                    label={t('comparator')}
                    value={form.comparator}
                    onChange={(comparator) => set({ comparator })}
                    className="-ml-2 h-6 border-0"
                    choices={[
                      { value: 'over', label: '>' },
                      { value: 'under', label: '<' },
                    ]}
                  />
                }
                trailing={<span className="text-ink-3 text-xs">{t(`unit.${unitOf(form.metric)}`)}</span>}
              />
            </Field>
            <Field label={t('resolve')} hint={t('resolveHint')} error={errorOf('resolveValue')}>
              <Input
                inputMode="decimal"
                value={form.resolve}
                onChange={(event) => set({ resolve: event.target.value })}
                trailing={<span className="text-ink-3 text-xs">{t(`unit.${unitOf(form.metric)}`)}</span>}
              />
            </Field>
          </>
        )}
        <Spans form={form} set={set} errorOf={errorOf} />
        <fieldset className="col-span-full flex flex-col gap-1.5">
          <legend className="mb-1 text-ink-2 text-xs">{t('tells')}</legend>
          <Checkbox
            checked={form.channels === null}
            onChange={(all) => set({ channels: all ? null : channels.map(({ id }) => id) })}
          >
            {t('everybody')}
          </Checkbox>
          {form.channels !== null &&
            channels.map(({ id, name }) => (
              <Checkbox
                key={id}
                checked={form.channels?.includes(id) ?? false}
                onChange={(on) =>
                  set({
                    channels: on ? [...(form.channels ?? []), id] : (form.channels ?? []).filter((one) => one !== id),
                  })
                }
              >
                {name}
              </Checkbox>
            ))}
        </fieldset>
        <div className="col-span-full flex items-center gap-2 text-sm">
          <Switch checked={form.enabled} onChange={(enabled) => set({ enabled })}>
            {t('enabled')}
          </Switch>
        </div>
        <p role="status" className="col-span-full rounded-md border border-hair bg-sunken px-3 py-2 text-ink-2 text-sm">
          {test === undefined
            ? t('backtestWaits')
            : !test.recorded
              ? t('backtestNone')
              : test.since === null
                ? t('backtestEmpty')
                : t('backtest', {
                    span: format.duration(Math.max(1000, test.to - test.since)),
                    fired: test.fired,
                    things: test.subjects.length,
                    names: format.count(test.subjects.length) && test.subjects.slice(0, 3).join(', '),
                  })}
        </p>
        {save.error && <QueryFault error={save.error} className="col-span-full px-0" />}
      </form>
      {rule && (
        <div className="mt-6 border-hair border-t pt-4">
          <TypedName
            name={words.ruleName(rule.name)}
            effect={t('remove')}
            note={t('removeNote', { firing: rule.firing })}
            reason={needs}
            busy={remove.isPending}
            fault={remove.error && <QueryFault error={remove.error} className="px-0 py-1" />}
            onApply={() => remove.mutate({ cluster, id: rule.id })}
          />
        </div>
      )}
    </Sheet>
  )
}
/** Holds the place of a rule that cannot be read yet; it is never asked about. */
const neverRule = {
  name: '-',
  comparator: 'over',
  value: 0,
  forMs: 0,
  resolveForMs: 0,
  severity: 'warning',
  repeatMs: 0,
} as const

interface SpanForm {
  forS: string
  resolveForS: string
  repeatMin: string
  unknownMin: string
}
const Spans = (props: {
  form: SpanForm
  set: (change: Partial<SpanForm>) => void
  errorOf: (...keys: string[]) => string | undefined
}) => {
  const t = useTranslations('alarm.editor')
  const fields = [
    { key: 'forS', of: 'forMs', unit: 'seconds', hint: undefined },
    { key: 'resolveForS', of: 'resolveForMs', unit: 'seconds', hint: t('resolveForHint') },
    { key: 'repeatMin', of: 'repeatMs', unit: 'minutes', hint: t('repeatHint') },
    { key: 'unknownMin', of: 'unknownMs', unit: 'minutes', hint: t('unknownHint') },
  ] as const
  return fields.map(({ key, of, unit, hint }) => (
    <Field key={key} label={t(of)} hint={hint} error={props.errorOf(of)}>
      <Input
        inputMode="decimal"
        value={props.form[key]}
        onChange={(event) => props.set({ [key]: event.target.value })}
        trailing={<span className="text-ink-3 text-xs">{t(unit)}</span>}
      />
    </Field>
  ))
}
