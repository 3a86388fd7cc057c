'use client'
// components/change/delete-many.tsx: deleting several topics or groups that were ticked: what each loses is shown, one after the other, the
// count is typed (on production the cluster's name), and each is deleted by its own preview with its own result. Those whose
// preview refuses, or could not be made, are left out and say why.
import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { DeletePreview, Total } from '../../server/shared/views'
import { Name, TotalValue, useFormat, Value } from '../format'
import { Button } from '../ui/button'
import { Sheet } from '../ui/dialog'
import { Mark } from '../ui/mark'
import { Figure, Figures, Panel } from '../ui/panel'
import { Skeleton } from '../ui/region'
import { Table, Td, Th, Tr } from '../ui/table'
import { ConfirmBar } from './confirm-bar'
import { type Note, Notes } from './parts'

const AT_ONCE = 4
/** The server keeps the last 200 previews of a kind, everybody's: more at once would push out their own. */
export const MOST_DELETED = 100
interface Item {
  readonly name: string
  readonly preview: DeletePreview | null
  /** Why there is no preview, or why it was not deleted. */
  readonly fault: string | null
  readonly done: boolean
}
const each = async (names: readonly string[], work: (name: string) => Promise<void>): Promise<void> => {
  const waiting = [...names]
  const worker = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await work(name)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}
/** It stays one of those while it is done, so that what was typed stays right. */
const isGoing = ({ preview }: Item): boolean => preview !== null && preview.refused === null
/** What is not known of one, or not asked yet of as many as wait, makes the whole a lower bound. */
const sum = (totals: readonly Total[], waiting: number): Total => {
  let value = 0
  let missing = waiting
  for (const one of totals) {
    if ('value' in one) value += one.value
    missing += 'value' in one ? one.missing : 1
  }
  return { value, missing, at: 0 }
}

export const DeleteMany = (props: {
  names: readonly string[]
  what: 'topic' | 'group'
  open: boolean
  onClose: (deleted: readonly string[]) => void
  preview: (name: string) => Promise<DeletePreview>
  apply: (preview: DeletePreview, reason: string) => Promise<{ failed: number }>
  faultText: (error: unknown) => string
  /** The cluster with its spine, and its name where it is production. */
  where: ReactNode
  production: string | null
}) => {
  const { names, what, open, preview, apply, faultText } = props
  const t = useTranslations('change')
  const format = useFormat()
  const [items, setItems] = useState<readonly Item[]>([])
  const [phase, setPhase] = useState<'looking' | 'shown' | 'applying' | 'done'>('looking')
  const [at, setAt] = useState(0)
  const change = useCallback(
    (name: string, next: Partial<Item>) =>
      setItems((held) => held.map((one) => (one.name === name ? { ...one, ...next } : one))),
    [],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is ticked when it opens is what it is about
  useEffect(() => {
    if (!open) return
    let gone = false
    setItems(names.map((name) => ({ name, preview: null, fault: null, done: false })))
    setPhase('looking')
    void each(names, async (name) => {
      if (gone) return
      const found = await preview(name).then(
        (one) => ({ preview: one }),
        (error: unknown) => ({ fault: faultText(error) }),
      )
      if (!gone) change(name, found)
    }).then(() => {
      if (gone) return
      setAt(Date.now())
      setPhase('shown')
    })
    return () => {
      gone = true
    }
  }, [open])
  const going = items.filter(isGoing)
  const go = async (reason: string) => {
    setPhase('applying')
    const byName = new Map(going.map((one) => [one.name, one.preview]))
    await each([...byName.keys()], async (name) => {
      const shown = byName.get(name)
      if (shown == null) return
      const came = await apply(shown, reason).then(
        ({ failed }) => (failed === 0 ? { done: true, fault: null } : { fault: t('many.partly', { count: failed }) }),
        (error: unknown) => ({ fault: faultText(error) }),
      )
      change(name, came)
    })
    setPhase('done')
  }
  const deleted = items.filter(({ done }) => done)
  const previews = going.flatMap((one) => one.preview ?? [])
  const waiting = items.filter((one) => one.preview === null && one.fault === null).length
  const total = (of: (preview: DeletePreview) => Total): Total => sum(previews.map(of), waiting)
  const online = previews.filter((one) => 'value' in one.clientsOnline && one.clientsOnline.value > 0).length
  const left = items.length - going.length
  const notes: readonly Note[] = [
    ...(online > 0 ? [{ key: 'online', state: 'warn' as const, text: t('many.online', { count: online }) }] : []),
    ...(left > 0 && phase === 'shown'
      ? [{ key: 'left', state: 'warn' as const, text: t('many.left', { count: left }) }]
      : []),
    ...(what === 'group' ? [{ key: 'too', state: 'note' as const, text: t('many.goesToo') }] : []),
  ]
  return (
    <Sheet
      open={open}
      onOpenChange={(next) => next || phase === 'applying' || props.onClose(deleted.map(({ name }) => name))}
      width="pane"
      title={t(`many.${what}`, { count: items.length })}
      about={
        <>
          {t('on')}
          {props.where}
        </>
      }
      footer={
        phase === 'done' ? (
          <>
            <span className="text-ink-3 text-sm">{t('audited')}</span>
            <span className="flex-1" />
            <Button look="primary" className="h-8" onClick={() => props.onClose(deleted.map(({ name }) => name))}>
              {t('close')}
            </Button>
          </>
        ) : (
          phase !== 'looking' && (
            <ConfirmBar
              name={props.production ?? String(going.length)}
              effect={t(`many.do.${what}`, { count: going.length })}
              previewedAt={at}
              busy={phase === 'applying'}
              refusal={going.length === 0 ? t('many.nothing') : undefined}
              onApply={(_, reason) => void go(reason)}
            />
          )
        )
      }
    >
      <div className="flex flex-col gap-3">
        <Figures columns="1fr 1fr 1fr">
          <Figure
            label={t('kept')}
            value={<TotalValue of={total(({ kept }) => kept)}>{format.count}</TotalValue>}
            unit={format.messages}
            note={t('keptNote')}
          />
          <Figure
            label={t('unread')}
            value={<TotalValue of={total(({ unread }) => unread)}>{format.count}</TotalValue>}
            unit={format.messages}
          />
          <Figure
            label={t('flow')}
            value={<TotalValue of={total(({ inPerSecond }) => inPerSecond)}>{format.rateDigits}</TotalValue>}
            unit={format.messagesPerSecond}
          />
        </Figures>
        <Notes notes={notes} />
        <Panel>
          <Table density="compact" aria-label={t(`many.${what}`, { count: items.length })}>
            <thead>
              <tr>
                <Th>{t(what)}</Th>
                <Th number className="w-24">
                  {t('kept')}
                </Th>
                <Th number className="w-20 max-sm:hidden">
                  {t('clients')}
                </Th>
                <Th className="w-56 max-sm:w-36">{t('result')}</Th>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <Tr key={item.name}>
                  <Td>
                    <Name>{item.name}</Name>
                  </Td>
                  <Td number>{item.preview && <TotalValue of={item.preview.kept}>{format.count}</TotalValue>}</Td>
                  <Td number className="max-sm:hidden">
                    {item.preview && <Value of={item.preview.clientsOnline}>{format.count}</Value>}
                  </Td>
                  <Td className="whitespace-normal">
                    <Ending item={item} />
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
          {phase === 'looking' && <Skeleton lines={1} />}
        </Panel>
      </div>
    </Sheet>
  )
}

const Ending = ({ item: { preview, fault, done } }: { item: Item }) => {
  const t = useTranslations('change')
  const refused = preview?.refused ?? null
  if (done) return <Ended state="ok">{t('ok')}</Ended>
  if (fault !== null) return <Ended state="crit">{fault}</Ended>
  if (refused !== null) return <Ended state="warn">{t(`many.refused.${refused}`)}</Ended>
  return preview === null ? null : <span className="text-ink-3">{t('many.goes')}</span>
}
const Ended = ({ state, children }: { state: 'ok' | 'warn' | 'crit'; children: ReactNode }) => (
  <span className="flex items-start gap-1.5">
    <Mark state={state} className="mt-[3px]" />
    <span className="min-w-0">{children}</span>
  </span>
)
