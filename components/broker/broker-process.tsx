'use client'
// components/broker/broker-process.tsx: the part of the bundled cluster behind a broker: its thread, memory, restarts and last
// lines; and the way to start, stop and restart it, after saying what that would hit.
import { Play, RotateCcw, Square } from 'lucide-react'
import { useLayoutEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { PartView } from '../../server/shared/views'
import { Moment, useFormat } from '../format'
import { useWhyNot } from '../shell/why-not'
import { Button } from '../ui/button'
import { State } from '../ui/mark'
import { Fact, Facts, Figure, Figures, Panel } from '../ui/panel'
import { Empty, Unsupported } from '../ui/region'
import { PartSheet } from './part-sheet'
import { useBroker } from './use-broker'

export type PartAct = 'start' | 'stop' | 'restart'
const marks = {
  starting: 'busy',
  running: 'ok',
  stopping: 'busy',
  stopped: 'off',
  failed: 'crit',
  'backing-off': 'warn',
} as const

export function BrokerProcess() {
  const t = useTranslations('broker')
  const { data } = useBroker()
  const whyNot = useWhyNot()('broker.write')
  const [act, setAct] = useState<PartAct | null>(null)
  if (!data) return null
  const { part } = data.row
  if (!part)
    return (
      <Panel>
        <Unsupported title={t('process.elsewhere')}>{t('process.elsewhereNote')}</Unsupported>
      </Panel>
    )
  const running = part.state === 'running' || part.state === 'starting'
  const moving = part.state === 'starting' || part.state === 'stopping' ? t('process.moving') : undefined
  return (
    <>
      <PartFigures part={part} />
      <div className="grid items-start gap-2.5 lg:grid-cols-[360px_minmax(0,1fr)]">
        <Panel title={t('process.title')} ruled>
          <Facts>
            <Fact name={t('column.state')}>
              <State state={marks[part.state]}>{t(`part.${part.state}`)}</State>
            </Fact>
            <Fact name={t('process.name')}>
              <span className="mono">{part.name}</span>
            </Fact>
            <Fact name={t('column.address')}>
              <span className="mono">{part.address}</span>
            </Fact>
            <Fact name={t('process.thread')}>{part.threadId ?? '–'}</Fact>
            <Fact name={t('process.started')}>
              {part.startedAtMs === null ? '–' : <Moment at={part.startedAtMs} />}
            </Fact>
          </Facts>
          {part.lastError ? (
            <div className="mx-3 mb-3">
              <h3 className="text-xs text-ink-3">{t('process.lastError')}</h3>
              <p className="mono text-xs wrap-anywhere text-crit">{part.lastError}</p>
            </div>
          ) : null}
          <div className="flex flex-wrap gap-2 border-t border-hair px-3 py-3">
            {running ? (
              <>
                <Button reason={whyNot ?? moving} onClick={() => setAct('restart')}>
                  <RotateCcw />
                  {t('process.restart')}
                </Button>
                <Button look="ghost-danger" reason={whyNot ?? moving} onClick={() => setAct('stop')}>
                  <Square />
                  {t('process.stop')}
                </Button>
              </>
            ) : (
              <Button look="primary" reason={whyNot ?? moving} onClick={() => setAct('start')}>
                <Play />
                {t('process.start')}
              </Button>
            )}
          </div>
        </Panel>
        <Panel title={t('process.lines')} ruled>
          {part.lastLines.length === 0 ? (
            <Empty title={t('process.noLines')} />
          ) : (
            <LastLines label={t('process.lines')} lines={part.lastLines} />
          )}
        </Panel>
      </div>
      {act ? <PartSheet view={data} part={part} act={act} onClose={() => setAct(null)} /> : null}
    </>
  )
}

/** Opens at the newest line, and stays there as more come, unless somebody reads further up. */
function LastLines({ label, lines }: { label: string; lines: readonly string[] }) {
  const box = useRef<HTMLPreElement>(null)
  const isAtEnd = useRef(true)
  const text = lines.join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: further lines are the reason to go to the end again
  useLayoutEffect(() => {
    if (box.current && isAtEnd.current) box.current.scrollTop = box.current.scrollHeight
  }, [text])
  return (
    <pre
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      role="log"
      aria-label={label}
      aria-live="off"
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollTop + clientHeight >= scrollHeight - LINE_PX
      }}
      className="mono max-h-96 overflow-auto px-3 py-2 text-xs/[18px] wrap-anywhere whitespace-pre-wrap text-ink-2"
    >
      {text}
    </pre>
  )
}
const LINE_PX = 18

function PartFigures({ part }: { part: PartView }) {
  const t = useTranslations('broker')
  const format = useFormat()
  const heap = part.heapUsedBytes === null ? null : format.bytesParts(part.heapUsedBytes)
  const delay = part.eventLoopDelayP99Ms === null ? null : format.durationParts(part.eventLoopDelayP99Ms)
  return (
    <Figures>
      <Figure label={t('process.heap')} value={heap?.digits ?? '–'} unit={heap?.unit} note={t('process.heapNote')} />
      <Figure
        label={t('process.delay')}
        value={delay?.digits ?? '–'}
        unit={delay?.unit}
        note={t('process.delayNote')}
      />
      <Figure
        label={t('process.restarts')}
        mark={part.restarts > 0 ? 'warn' : undefined}
        value={format.count(part.restarts)}
        note={t('process.restartsNote')}
      />
    </Figures>
  )
}
