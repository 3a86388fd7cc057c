'use client'
// components/alarm/alarm-board.tsx: what fires now, and the last day.
import { useTranslations } from 'use-intl'
import { Name, UnknownWord, useFormat } from '../format'
import { Region } from '../shell/fault'
import { Mark } from '../ui/mark'
import { Panel } from '../ui/panel'
import { Empty, Skeleton } from '../ui/region'
import { AlarmLanes } from './alarm-lanes'
import { FiringCard } from './firing-card'
import { useAlarmWords } from './use-alarm-words'
import { useBoard } from './use-alarms'

export const AlarmBoardPage = () => {
  const t = useTranslations('alarm')
  const words = useAlarmWords()
  const format = useFormat()
  const query = useBoard()
  return (
    <Region
      query={query}
      skeleton={
        <Panel className="h-64">
          <Skeleton lines={6} className="py-2" />
        </Panel>
      }
    >
      {(board) => (
        <>
          <AlarmLanes board={board} />
          <Panel title={t('firingNow')} about={format.count(board.firing.length)}>
            {board.firing.length === 0 ? (
              <Empty title={t('nothingFires')} className="border-hair border-t">
                {t('watches', { rules: board.rules, things: format.count(board.watched) })}
                {board.channels === 0 ? ` ${t('noChannelYet')}` : ''}
              </Empty>
            ) : (
              <ul>
                {board.firing.map((row) => (
                  <FiringCard key={row.id} row={row} now={board.at} />
                ))}
              </ul>
            )}
          </Panel>
          {board.unknown.length > 0 && (
            <Panel title={t('unknownNow')} about={format.count(board.unknown.length)}>
              <ul className="border-hair border-t py-1">
                {board.unknown.map((row) => (
                  <li key={`${row.ruleId} ${row.subject}`} className="flex min-w-0 flex-wrap gap-x-3 px-3 py-1 text-sm">
                    <span className="flex items-center gap-2">
                      <Mark state="unknown" />
                      {words.ruleName(row.rule)}
                    </span>
                    <Name>{row.subject}</Name>
                    <span className="ml-auto text-ink-3">
                      <UnknownWord reason={row.reason} /> · {format.duration(board.at - row.since)}
                    </span>
                  </li>
                ))}
              </ul>
            </Panel>
          )}
        </>
      )}
    </Region>
  )
}
