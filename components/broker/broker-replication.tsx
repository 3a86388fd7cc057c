'use client'
// components/broker/broker-replication.tsx: is the copy safe: what the master has written, and how far each slave is.
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { BrokerView } from '../../server/shared/views'
import { UnknownWord, useFormat, Value } from '../format'
import { State } from '../ui/mark'
import { Figure, Figures, Panel } from '../ui/panel'
import { Empty, Unsupported } from '../ui/region'
import { Table, Td, Th, Tr } from '../ui/table'
import { useBroker } from './use-broker'

export function BrokerReplication() {
  const t = useTranslations('broker')
  const format = useFormat()
  const { data } = useBroker()
  if (!data) return null
  const { row, replication, copy } = data
  if (row.role === 'slave')
    return (
      <>
        <Figures>
          <Figure
            label={t('replication.distance')}
            value={<Value of={row.slaveBehindBytes}>{format.bytes}</Value>}
            note={t('replication.ofSlave')}
          />
          <Figure
            label={t('replication.copy')}
            value={
              <Value of={copy}>
                {({ isCopying, acts }) => (
                  <State state={isCopying ? 'ok' : 'warn'}>
                    {isCopying ? t('replication.copying') : acts ? t('replication.acting') : t('replication.waiting')}
                  </State>
                )}
              </Value>
            }
            note={isKnown(copy) ? (copy.value.trouble ?? copy.value.master) : null}
          />
        </Figures>
        <Failover failover={data.failover} />
      </>
    )
  if (!isKnown(replication))
    return (
      <Panel>
        <Unsupported title={<UnknownWord reason={replication.unknown} />}>{t('replication.unknownNote')}</Unsupported>
      </Panel>
    )
  const { slaves, inSync, masterOffset } = replication.value
  return (
    <>
      <Figures>
        <Figure label={t('replication.slaves')} value={format.count(slaves.length)} note={t('replication.connected')} />
        <Figure label={t('replication.inSync')} value={format.count(inSync)} note={t('replication.inSyncNote')} />
        <Figure
          label={t('replication.written')}
          value={<span className="mono text-[19px]">{format.count(masterOffset)}</span>}
          note={t('replication.writtenNote')}
        />
      </Figures>
      <Panel title={t('replication.slaves')}>
        {slaves.length === 0 ? (
          <Empty title={t('replication.none')} className="border-t border-hair">
            {t('replication.noneNote')}
          </Empty>
        ) : (
          <Table className="border-t border-hair">
            <thead>
              <tr>
                <Th>{t('column.address')}</Th>
                <Th className="w-40">{t('column.state')}</Th>
                <Th number className="w-40">
                  {t('replication.distance')}
                </Th>
                <Th number className="w-40">
                  {t('replication.behind')}
                </Th>
                <Th number className="w-40">
                  {t('replication.rate')}
                </Th>
              </tr>
            </thead>
            <tbody>
              {slaves.map((slave) => (
                <Tr key={slave.address}>
                  <Td className="mono">{slave.address}</Td>
                  <Td>
                    <State state={slave.inSync ? 'ok' : 'warn'}>
                      {slave.inSync ? t('replication.isInSync') : t('replication.notInSync')}
                    </State>
                  </Td>
                  <Td number>{format.bytes(slave.behindBytes)}</Td>
                  <Td number>
                    {slave.behindMs === null ? <UnknownWord reason="not-supported" /> : format.duration(slave.behindMs)}
                  </Td>
                  <Td number>{format.byteRate(slave.perSecondBytes)}</Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </Panel>
      <Failover failover={data.failover} />
    </>
  )
}

/** Who may take the master's place: what the controller says. Nothing where there is none. */
function Failover({ failover }: { failover: BrokerView['failover'] }) {
  const t = useTranslations('broker')
  const format = useFormat()
  if (failover === null) return null
  const { brokers, masterEpoch, masterId, syncStateSetEpoch } = failover
  return (
    <Panel title={t('failover.title')}>
      <p className="px-4 pb-3 text-ink-2 text-sm">
        {masterId === null
          ? t('failover.noMaster')
          : t('failover.epochs', { master: format.count(masterEpoch), set: format.count(syncStateSetEpoch) })}
      </p>
      <Table className="border-t border-hair">
        <thead>
          <tr>
            <Th className="w-20">{t('failover.id')}</Th>
            <Th>{t('column.address')}</Th>
            <Th className="w-40">{t('failover.role')}</Th>
            <Th className="w-40">{t('column.state')}</Th>
            <Th className="w-48">{t('failover.mayFollow')}</Th>
          </tr>
        </thead>
        <tbody>
          {brokers.map(({ address, alive, id, inSync }) => (
            <Tr key={id}>
              <Td className="mono">{id}</Td>
              <Td className="mono">{address}</Td>
              <Td>{id === masterId ? t('failover.master') : t('failover.slave')}</Td>
              <Td>
                <State state={alive ? 'ok' : 'warn'}>{alive ? t('failover.alive') : t('failover.gone')}</State>
              </Td>
              <Td>
                <State state={inSync ? 'ok' : 'warn'}>
                  {inSync ? t('replication.isInSync') : t('failover.notInSync')}
                </State>
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  )
}
