'use client'
// components/message/tail-panel.tsx: the live tail of a topic: newest first; it holds still under a pointer and counts what
// waits, and says when it left some out.
import { useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import { DataTable } from '../data-table'
import { useFormat } from '../format'
import { useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { Button } from '../ui/button'
import { Mark } from '../ui/mark'
import { Panel } from '../ui/panel'
import { Empty } from '../ui/region'
import { keyOfOpen, type ResultsProps } from './message-search'
import { useResultColumns } from './result-columns'
import { rowKey } from './scan-state'
import { useTail } from './use-tail'

export const TailPanel = ({ url, openId, onOpen, onRows }: ResultsProps) => {
  const t = useTranslations('message.tail')
  const format = useFormat()
  const cluster = useClusterId()
  const [over, setOver] = useState(false)
  const [held, setHeld] = useState(false)
  const paused = held || over || openId !== null
  const tail = useTail(
    {
      cluster,
      topic: url.topic,
      ...(url.tag === '' ? {} : { tag: url.tag }),
      ...(url.body === '' ? {} : { body: url.body }),
    },
    paused,
  )
  const { show, rows } = tail
  useEffect(() => {
    if (!paused) show()
  }, [paused, show])
  useEffect(() => onRows(rows), [rows, onRows])
  const columns = useResultColumns(false)
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA)$/.test(event.target.tagName)
      if (event.key !== 'p' || event.ctrlKey || event.metaKey || event.altKey || typing) return
      event.preventDefault()
      setHeld((before) => !before)
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
  if (tail.error)
    return (
      <Panel>
        <QueryFault error={tail.error} />
      </Panel>
    )
  return (
    <Panel className="min-h-[240px] flex-1">
      <div className="flex min-h-10 items-center gap-3 border-hair border-b px-3">
        <span className="flex items-center gap-2" role="status">
          <Mark state={paused ? 'off' : 'busy'} />
          <b className="font-strong">{paused ? t('paused') : t('running')}</b>
        </span>
        <span className="tnum text-ink-3 text-sm">
          {format.rateDigits(tail.perSecond)} {format.messagesPerSecond}
        </span>
        {tail.dropped > 0 && <span className="text-sm text-warn">{t('dropped', { count: tail.dropped })}</span>}
        <span className="flex-1" />
        {tail.waiting > 0 && (
          <Button size="sm" onClick={show}>
            {t('waiting', { count: tail.waiting })}
          </Button>
        )}
        <Button size="sm" keys="p" aria-pressed={held} onClick={() => setHeld(!held)}>
          {held ? t('goOn') : t('pause')}
        </Button>
      </div>
      <div
        className="flex min-h-0 flex-1 flex-col"
        onPointerEnter={() => setOver(true)}
        onPointerLeave={() => setOver(false)}
      >
        <DataTable
          label={t('label')}
          density="compact"
          keyboard
          columns={columns}
          rows={rows}
          rowKey={rowKey}
          openKey={keyOfOpen(rows, openId)}
          onOpen={onOpen}
          instead={rows.length === 0 ? <Empty title={t('none')}>{t('noneText')}</Empty> : undefined}
        />
      </div>
    </Panel>
  )
}
