'use client'
// components/message/search-filters.tsx: the filters of a scan as chips, and the small form that sets them. Times are typed in
// the reader's zone and kept in the address as ISO.
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useFormat } from '../format'
import { useClusterId } from '../shell/cluster'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/input'
import { LinkButton } from '../ui/link'
import { Panel } from '../ui/panel'
import { Popover } from '../ui/popover'
import { Fault } from '../ui/region'
import { Segmented } from '../ui/segmented'
import { Chip, FilterChip } from '../ui/tag'
import { parseProperty, parseQueues } from './detect'
import type { FilterKey, SearchUrl } from './search-url'

type Filters = Pick<SearchUrl, 'topic' | 'from' | 'to' | 'pos' | 'queue' | 'tag' | 'prop' | 'body' | 'expr' | 're'>
type Change = (next: { [Key in keyof Filters]?: Filters[Key] | null }) => void

export const SearchFilters = (props: { url: SearchUrl; fixedTopic: boolean; onChange: Change }) => {
  const { url, fixedTopic, onChange } = props
  const t = useTranslations('message.filter')
  const format = useFormat()
  const [open, setOpen] = useState(false)
  const at = (iso: string) => {
    const time = Date.parse(iso)
    return Number.isNaN(time) ? iso : format.time(time)
  }
  const chips: { key: string; name: string; value: string; clear: Parameters<Change>[0] }[] = []
  if (url.topic !== '' && !fixedTopic)
    chips.push({ key: 'topic', name: t('topic'), value: url.topic, clear: { topic: null } })
  if (url.from !== '' || url.to !== '')
    chips.push({
      key: 'stored',
      name: t('stored'),
      value:
        url.from !== '' && url.to !== ''
          ? t('fromTo', { from: at(url.from), to: at(url.to) })
          : url.from !== ''
            ? t('fromOnly', { from: at(url.from) })
            : t('toOnly', { to: at(url.to) }),
      clear: { from: null, to: null },
    })
  if (url.pos === 'oldest') chips.push({ key: 'pos', name: t('order'), value: t('oldest'), clear: { pos: null } })
  if (url.queue !== '') chips.push({ key: 'queue', name: t('queue'), value: url.queue, clear: { queue: null } })
  if (url.tag !== '') chips.push({ key: 'tag', name: t('tag'), value: url.tag, clear: { tag: null } })
  if (url.prop !== '') chips.push({ key: 'prop', name: t('property'), value: url.prop, clear: { prop: null } })
  if (url.body !== '') chips.push({ key: 'body', name: t('body'), value: url.body, clear: { body: null } })
  if (url.expr !== '') chips.push({ key: 'expr', name: t('expression'), value: url.expr, clear: { expr: null } })
  if (url.re !== '') chips.push({ key: 're', name: t('pattern'), value: url.re, clear: { re: null } })
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      {chips.map((chip) => (
        <FilterChip
          key={chip.key}
          name={chip.name}
          value={chip.value}
          removeLabel={t('remove', { name: chip.name })}
          onRemove={() => onChange(chip.clear)}
        />
      ))}
      <Popover
        open={open}
        onOpenChange={setOpen}
        align="start"
        label={t('title')}
        className="w-[380px] max-w-[calc(100vw-24px)]"
        trigger={
          <Chip dashed>
            <Plus className="size-[13px]!" />
            {t('button')}
          </Chip>
        }
      >
        <FilterForm
          url={url}
          fixedTopic={fixedTopic}
          onApply={(next) => {
            onChange(next)
            setOpen(false)
          }}
        />
      </Popover>
    </div>
  )
}

const FilterForm = ({
  url,
  fixedTopic,
  onApply,
}: {
  url: SearchUrl
  fixedTopic: boolean
  onApply: (next: Filters) => void
}) => {
  const t = useTranslations('message.filter')
  const format = useFormat()
  const shown = (iso: string) => {
    const at = Date.parse(iso)
    return Number.isNaN(at) ? '' : format.fullTime(at)
  }
  const [draft, setDraft] = useState({ ...url, from: shown(url.from), to: shown(url.to) })
  const [tried, setTried] = useState(false)
  const set = (next: Partial<typeof draft>) => setDraft({ ...draft, ...next })
  const timeFault = (text: string) =>
    text.trim() !== '' && format.parseTime(text) === undefined ? t('notATime') : undefined
  const faults = {
    topic: draft.topic.trim() === '' ? t('topicNeeded') : undefined,
    from: timeFault(draft.from),
    to: timeFault(draft.to),
    queue:
      draft.queue.trim() !== '' && parseQueues(draft.queue) === null
        ? t('fault.queue', { text: draft.queue })
        : undefined,
    prop:
      draft.prop.trim() !== '' && parseProperty(draft.prop) === null
        ? t('fault.prop', { text: draft.prop })
        : undefined,
  }
  const error = (key: keyof typeof faults) => (tried ? faults[key] : undefined)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (Object.values(faults).some((fault) => fault !== undefined)) return
    const iso = (text: string) => {
      const at = text.trim() === '' ? undefined : format.parseTime(text)
      return at === undefined ? '' : new Date(at).toISOString()
    }
    onApply({
      topic: draft.topic.trim(),
      from: iso(draft.from),
      to: iso(draft.to),
      pos: draft.pos,
      queue: draft.queue.trim(),
      tag: draft.tag.trim(),
      prop: draft.prop.trim(),
      body: draft.body,
      expr: draft.expr.trim(),
      re: draft.re,
    })
  }
  const zone = format.zoneLabel()
  return (
    <form onSubmit={submit} className="flex flex-col gap-2.5">
      {!fixedTopic && (
        <Field label={t('topic')} error={error('topic')}>
          <TopicInput value={draft.topic} onChange={(topic) => set({ topic })} />
        </Field>
      )}
      <div className="grid grid-cols-2 gap-2">
        <Field label={t('from', { zone })} error={error('from')}>
          <Input mono value={draft.from} onChange={(event) => set({ from: event.target.value })} placeholder="14:05" />
        </Field>
        <Field label={t('to', { zone })} error={error('to')}>
          <Input mono value={draft.to} onChange={(event) => set({ to: event.target.value })} placeholder="14:06:20" />
        </Field>
      </div>
      <div>
        <div className="mb-[3px] text-ink-2 text-xs">{t('order')}</div>
        <Segmented
          label={t('order')}
          value={draft.pos}
          onChange={(pos) => set({ pos })}
          choices={[
            { value: 'newest', label: t('newest') },
            { value: 'oldest', label: t('oldest') },
          ]}
        />
      </div>
      <div className="grid grid-cols-2 gap-2">
        <Field label={t('queue')} error={error('queue')} hint={t('queueHint')}>
          <Input
            mono
            value={draft.queue}
            onChange={(event) => set({ queue: event.target.value })}
            placeholder="broker-a/3"
          />
        </Field>
        <Field label={t('tag')}>
          <Input mono value={draft.tag} onChange={(event) => set({ tag: event.target.value })} />
        </Field>
      </div>
      <Field label={t('property')} error={error('prop')} hint={t('propertyHint')}>
        <Input
          mono
          value={draft.prop}
          onChange={(event) => set({ prop: event.target.value })}
          placeholder="region = cn-east"
        />
      </Field>
      <Field label={t('body')}>
        <Input mono value={draft.body} onChange={(event) => set({ body: event.target.value })} />
      </Field>
      <Field label={t('pattern')}>
        <Input
          mono
          value={draft.re}
          onChange={(event) => set({ re: event.target.value })}
          placeholder="(?i)card \d{4}"
        />
      </Field>
      <Field label={t('expression')} hint={t('expressionHint')}>
        <Input
          mono
          value={draft.expr}
          onChange={(event) => set({ expr: event.target.value })}
          placeholder="body.items[0].price > 100"
        />
      </Field>
      <Button type="submit" look="primary" className="self-end">
        {t('apply')}
      </Button>
    </form>
  )
}

/** In place of results: which filters of the address say nothing, and a way on without each. */
export const FilterFaults = (props: {
  url: SearchUrl
  filters: readonly FilterKey[]
  onWithout: (key: FilterKey) => void
}) => {
  const t = useTranslations('message.filter')
  return (
    <Panel>
      {props.filters.map((key) => (
        <Fault key={key} title={t(`fault.${key}`, { text: props.url[key] })}>
          <LinkButton onClick={() => props.onWithout(key)}>{t('without')}</LinkButton>
        </Fault>
      ))}
    </Panel>
  )
}

/** A topic, suggested from the names the console knows. */
export const TopicInput = (props: {
  value: string
  onChange: (topic: string) => void
  label?: string
  placeholder?: string
  large?: boolean
}) => {
  const cluster = useClusterId()
  const trpc = useTRPC()
  const list = useId()
  const names = useQuery(trpc.topic.names.queryOptions({ cluster }, { meta: { still: true }, staleTime: 30_000 }))
  return (
    <>
      <Input
        mono
        list={list}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        aria-label={props.label}
        placeholder={props.placeholder}
        {...(props.large ? { frame: 'h-8' } : {})}
      />
      <datalist id={list}>
        {names.data?.map((topic) => (
          <option key={topic.name} value={topic.name} />
        ))}
      </datalist>
    </>
  )
}
