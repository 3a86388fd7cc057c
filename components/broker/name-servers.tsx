'use client'
// components/broker/name-servers.tsx: the name servers the console asks, and whether they answer.
import { useTranslations } from 'use-intl'
import { useFormat } from '../format'
import { CopyButton } from '../ui/copy'
import { State } from '../ui/mark'
import { Panel } from '../ui/panel'
import { Table, Td, Th, Tr } from '../ui/table'
import type { NameServerRow } from './brokers-view'

export function NameServers({ servers, now }: { servers: readonly NameServerRow[]; now: number }) {
  const t = useTranslations('broker')
  const format = useFormat()
  return (
    <Panel title={t('nameServers')} className="flex-none">
      <Table className="border-t border-hair">
        <thead>
          <tr>
            <Th>{t('column.address')}</Th>
            <Th className="w-56 max-sm:w-32">{t('column.state')}</Th>
            <Th number className="w-36 max-sm:hidden">
              {t('answersIn')}
            </Th>
          </tr>
        </thead>
        <tbody>
          {servers.map(({ address, state, sinceMs, tookMs }) => (
            <Tr key={address}>
              <Td>
                <span className="flex items-center gap-1">
                  <span className="mono">{address}</span>
                  <CopyButton text={address} what={t('column.address')} />
                </span>
              </Td>
              <Td>
                {state === 'ok' ? (
                  <State state="ok">{t('state.ok')}</State>
                ) : state === 'silent' ? (
                  <State state="crit">
                    {sinceMs === null
                      ? t('state.silent')
                      : t('state.silentFor', { span: format.duration(Math.max(1000, now - sinceMs)) })}
                  </State>
                ) : (
                  <State state="unknown">{t('state.unknown')}</State>
                )}
              </Td>
              <Td number className="max-sm:hidden">
                {tookMs === null ? '–' : format.duration(tookMs)}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  )
}
